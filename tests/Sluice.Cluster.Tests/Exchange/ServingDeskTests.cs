using Sluice.Buffers;
using Sluice.Exchange;
using Sluice.Grains;

namespace Sluice.Cluster.Tests;

/// <summary>
/// The desk between outputs and other silos: what it keeps, for how long, and that all of it comes back.
/// </summary>
public sealed class ServingDeskTests
{
    private const int InMemory = 200;
    private const int InFiles = 60;

    [Theory]
    [InlineData(InMemory)]
    [InlineData(InFiles)]
    public async Task The_same_fetch_again_gives_the_same_blocks(int ringSegments)
    {
        using ExchangeFixture exchange = new();
        using DeskFixture desk = new(exchange);
        ProducerOutput producer = Produce(exchange, 0, seed: 1, ringSegments);

        byte[][] first = await desk.Fetch(producer, 0, credits: 3);
        byte[][] again = await desk.Fetch(producer, 0, credits: 3);
        byte[][] next = await desk.Fetch(producer, first.Length, credits: 3);
        byte[][] nextAgain = await desk.Fetch(producer, first.Length, credits: 3);

        Assert.Equal(3, first.Length);
        Assert.Equal(first, again);
        Assert.Equal(next, nextAgain);
        Assert.NotEqual(first, next);
        desk.AssertKeeps(3);
    }

    [Theory]
    [InlineData(InMemory)]
    [InlineData(InFiles)]
    public async Task Another_attempt_reads_from_the_start_although_the_first_never_closed(int ringSegments)
    {
        using ExchangeFixture exchange = new();
        using DeskFixture desk = new(exchange);
        ProducerOutput producer = Produce(exchange, 0, seed: 2, ringSegments);
        byte[][] all = await desk.FetchAll(producer, credits: 2);

        byte[][] half = await desk.Fetch(producer, 0, credits: 2);
        byte[][] beyond = await desk.Fetch(producer, 2, credits: 2);
        byte[][] byAnother = await desk.FetchAll(producer, credits: 3);

        Assert.Equal(all[..4], half.Concat(beyond));
        Assert.Equal(all, byAnother);
    }

    [Theory]
    [InlineData(InMemory)]
    [InlineData(InFiles)]
    public async Task Two_attempts_of_a_reader_leave_each_others_blocks_alone(int ringSegments)
    {
        using ExchangeFixture exchange = new();
        using DeskFixture desk = new(exchange);
        ProducerOutput producer = Produce(exchange, 0, seed: 11, ringSegments);
        byte[][] all = await desk.FetchAll(producer, credits: 2);

        BufferBatch slow = await desk.Serve(producer, 0, credits: 2, reader: 1);
        byte[][] quick = await desk.Fetch(producer, 0, credits: 1, reader: 2);
        quick = [.. quick, .. await desk.Fetch(producer, 1, credits: 2, reader: 2)];

        desk.AssertKeeps(4);
        Assert.Equal(all[..3], quick);
        Assert.Equal(all[..2], slow.Blocks.Select(block => block.Bytes.ToArray()));

        desk.Desk.Close(DeskFixture.ChannelOf(producer, reader: 1));

        desk.AssertKeeps(2);
        Assert.Equal(all[3..5], await desk.Fetch(producer, 3, credits: 2, reader: 2));
    }

    [Fact]
    public async Task Blocks_are_kept_until_they_are_written()
    {
        using ExchangeFixture exchange = new();
        using DeskFixture desk = new(exchange);
        ProducerOutput producer = Produce(exchange, 0, seed: 3, InFiles);

        BufferBatch batch = await desk.Serve(producer, 0, credits: 2);
        desk.AssertKeeps(2);
        batch.Written!();
        batch.Written();

        desk.AssertKeeps(0);
    }

    [Fact]
    public async Task Blocks_of_an_answer_that_was_dropped_come_back_after_a_while()
    {
        using ExchangeFixture exchange = new();
        using DeskFixture desk = new(exchange);
        ProducerOutput producer = Produce(exchange, 0, seed: 4, InFiles);
        BufferBatch dropped = await desk.Serve(producer, 0, credits: 2);

        desk.Time.Advance(TimeSpan.FromSeconds(9));
        desk.AssertKeeps(2);
        desk.Time.Advance(TimeSpan.FromSeconds(6));

        desk.AssertKeeps(0);
        dropped.Written!();
        desk.AssertKeeps(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Closing_a_channel_or_a_job_gives_its_blocks_back_and_leaves_those_of_others(bool wholeJob)
    {
        using ExchangeFixture exchange = new();
        using DeskFixture desk = new(exchange);
        ProducerOutput closed = Produce(exchange, 0, seed: 5, InFiles);
        await desk.Serve(closed, 0, credits: 2);
        if (wholeJob)
        {
            desk.Desk.CloseJob(Guid.NewGuid());
            desk.AssertKeeps(2);
            desk.Desk.CloseJob(closed.Id.Job);
        }
        else
        {
            ProducerOutput other = Produce(exchange, 1, seed: 6, InFiles);
            await desk.Serve(other, 0, credits: 1);
            desk.Desk.Close(DeskFixture.ChannelOf(closed));
            desk.AssertKeeps(1);
            desk.Desk.Close(DeskFixture.ChannelOf(other));
        }

        desk.AssertKeeps(0);
        Assert.Equal(2, (await desk.Fetch(closed, 0, credits: 2)).Length);
    }

    [Fact]
    public async Task A_fetch_waits_for_room_and_is_given_up_when_none_comes()
    {
        using ExchangeFixture exchange = new();
        using DeskFixture desk = new(exchange);
        ProducerOutput first = Produce(exchange, 0, seed: 7, InFiles);
        ProducerOutput second = Produce(exchange, 1, seed: 8, InFiles);
        BufferBatch held = await desk.Serve(first, 0, credits: DeskFixture.Room);
        desk.AssertKeeps(DeskFixture.Room);

        using (CancellationTokenSource patience = new())
        {
            Task<BufferBatch> waiting = desk.Serve(second, 0, credits: 1, cancellation: patience.Token);
            Assert.False(waiting.IsCompleted);
            await patience.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }

        Task<BufferBatch> patient = desk.Serve(second, 0, credits: 1);
        held.Written!();

        Assert.Single((await patient.WaitAsync(DeskFixture.Deadline)).Blocks);
        desk.AssertKeeps(1);
    }

    [Fact]
    public async Task That_no_room_can_be_made_is_not_said_of_the_output_that_is_asked_for()
    {
        using ExchangeFixture exchange = new();
        using DeskFixture desk = new(exchange);
        ProducerOutput producer = Produce(exchange, 0, seed: 12, InFiles);
        using LocalBufferPool finished = desk.Memory.CreateBufferPool("finished output", 0, DeskFixture.Room);
        using IDisposable promise = finished.RegisterReclaim(new FullDisk());
        NetworkBuffer[] held =
            [.. Enumerable.Range(0, DeskFixture.Room).Select(_ => finished.Request(CancellationToken.None))];

        ServingException thrown = await Assert.ThrowsAsync<ServingException>(
            () => desk.Serve(producer, 0, credits: 1).WaitAsync(DeskFixture.Deadline));

        Assert.Contains("No space left on device", thrown.Message, StringComparison.Ordinal);
        Array.ForEach(held, buffer => buffer.Release());
        desk.AssertKeeps(0);
        Assert.Single(await desk.Fetch(producer, 0, credits: 1));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    public async Task Credits_that_cannot_be_cost_no_segment(int credits)
    {
        using ExchangeFixture exchange = new();
        using DeskFixture desk = new(exchange);
        ProducerOutput producer = Produce(exchange, 0, seed: 13, InFiles);

        BufferBatch batch = await desk.Serve(producer, 0, credits).WaitAsync(DeskFixture.Deadline);
        desk.AssertKeeps(credits < 0 ? 0 : DeskFixture.Room);
        batch.Written?.Invoke();

        desk.AssertKeeps(0);
        Assert.Equal(DeskFixture.Room, (await desk.Fetch(producer, 0, DeskFixture.Room)).Length);
    }

    [Fact]
    public async Task A_fetch_of_an_output_that_is_not_here_is_told_so_and_keeps_nothing()
    {
        using ExchangeFixture exchange = new();
        using DeskFixture desk = new(exchange);
        ProducerOutput gone = exchange.Produce(0, TestRecords.Random(9, 50, ExchangeFixture.Partitions, 60), InFiles);
        exchange.Outputs.Release(gone.Id);

        BufferBatch batch = await desk.Serve(gone, 0, credits: 2);

        Assert.Equal(FetchStatus.NotFound, batch.Status);
        desk.AssertKeeps(0);
    }

    [Fact]
    public async Task A_desk_that_is_closed_serves_nobody()
    {
        using ExchangeFixture exchange = new();
        using DeskFixture desk = new(exchange);
        ProducerOutput producer = Produce(exchange, 0, seed: 10, InFiles);
        await desk.Serve(producer, 0, credits: 2);

        desk.Desk.Dispose();

        desk.AssertKeeps(0);
        Assert.True((await desk.Serve(producer, 0, credits: 2)).IsRevoked);
        desk.AssertKeeps(0);
    }

    private static ProducerOutput Produce(ExchangeFixture exchange, int task, int seed, int ringSegments)
    {
        int records = ringSegments == InMemory ? 300 : 2000;
        return exchange.Produce(task, TestRecords.Random(seed, records, ExchangeFixture.Partitions, 60), ringSegments);
    }

    /// <summary>An output in memory that cannot be written to its file.</summary>
    private sealed class FullDisk : IReclaimable
    {
        public int Reclaimable => DeskFixture.Room;

        public int Reclaim(int segments, CancellationToken cancellation) =>
            throw new IOException("No space left on device");
    }
}
