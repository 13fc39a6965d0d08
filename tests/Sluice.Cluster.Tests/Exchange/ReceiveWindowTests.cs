using Sluice.Exchange;
using Sluice.Grains;
using Sluice.Sorting;

namespace Sluice.Cluster.Tests;

/// <summary>Windows over reserved segments: whatever comes when, each segment ends in one place.</summary>
public sealed class ReceiveWindowTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public void An_answer_after_the_window_was_closed_finds_nothing_to_write_to()
    {
        using TestPool pool = new(4, 16);
        ReceiveWindows windows = new();
        using CreditReservation credits = CreditReservation.From(pool.Task, 2, CancellationToken.None);
        ReceiveWindow window = windows.Open(credits);
        window.Dispose();

        Assert.False(window.TryBegin());
        Assert.Null(windows.Find(window.Fetch));
        Assert.Equal((2, 0), (credits.Count, windows.Count));
    }

    [Fact]
    public void A_second_answer_replaces_the_first()
    {
        using TestPool pool = new(4, 16);
        ReceiveWindows windows = new();
        using CreditReservation credits = CreditReservation.From(pool.Task, 2, CancellationToken.None);
        using ReceiveWindow window = windows.Open(credits);

        Answer(window, isWhole: true, 1, 2);
        Answer(window, isWhole: true, 3);

        Assert.Equal([3], Taken(window));
        Assert.Equal(1, credits.Count);
    }

    [Fact]
    public void A_broken_answer_gives_its_segments_back_for_the_next()
    {
        using TestPool pool = new(4, 16);
        ReceiveWindows windows = new();
        using CreditReservation credits = CreditReservation.From(pool.Task, 2, CancellationToken.None);
        using ReceiveWindow window = windows.Open(credits);

        Answer(window, isWhole: false, 1, 2);

        Assert.Equal(2, credits.Count);
        Answer(window, isWhole: true, 4, 5);
        Assert.Equal([4, 5], Taken(window));
    }

    [Fact]
    public void What_was_filled_and_not_taken_goes_back_when_the_window_closes()
    {
        using TestPool pool = new(4, 16);
        ReceiveWindows windows = new();
        using CreditReservation credits = CreditReservation.From(pool.Task, 2, CancellationToken.None);
        using (ReceiveWindow window = windows.Open(credits))
        {
            Answer(window, isWhole: true, 1, 2);
        }

        Assert.Equal((2, 0), (credits.Count, windows.Count));
    }

    [Fact]
    public void An_answer_after_the_blocks_were_taken_is_refused()
    {
        using TestPool pool = new(4, 16);
        ReceiveWindows windows = new();
        using CreditReservation credits = CreditReservation.From(pool.Task, 2, CancellationToken.None);
        using ReceiveWindow window = windows.Open(credits);
        Answer(window, isWhole: true, 1);

        Assert.Equal([1], Taken(window));

        Assert.False(window.TryBegin());
    }

    [Theory]
    [Seeded(1)]
    [Seeded(2)]
    [Seeded(3)]
    public async Task Answers_that_meet_the_end_of_their_window_lose_no_segment(int seed)
    {
        Random random = new(seed);
        using TestPool pool = new(4, 16);
        ReceiveWindows windows = new();
        for (int round = 0; round < 300; round++)
        {
            using CreditReservation credits = CreditReservation.From(pool.Task, 3, CancellationToken.None);
            ReceiveWindow window = windows.Open(credits);
            using Barrier start = new(3);
            bool isTaken = random.Next(2) == 0;
            Task[] answers =
            [
                .. Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
                {
                    start.SignalAndWait();
                    if (windows.Find(window.Fetch) is ReceiveWindow found && found.TryBegin())
                    {
                        Assert.True(found.TryTake(4, default, out Span<byte> room));
                        room.Fill(1);
                        found.End(isWhole: true);
                    }
                })),
            ];
            start.SignalAndWait();
            int taken = isTaken ? Taken(window).Count : 0;
            window.Dispose();
            await Task.WhenAll(answers).WaitAsync(Deadline);

            Assert.Equal((3, 0), (credits.Count + taken, windows.Count));
        }
    }

    [Fact]
    public async Task A_consumer_that_gives_up_a_fetch_gets_its_segments_back_although_an_answer_is_being_read()
    {
        using TestPool pool = new(4, 16);
        ReceiveWindows windows = new();
        AnsweringTransport transport = new(windows);
        using CancellationTokenSource cancel = new();
        using InputGate gate = new(
            [new ProducerOutput(default, 1, "there")], 0..1, pool.Task, transport, new InputGateOptions(2, 2),
            cancel.Token);
        Task reading = Task.Factory.StartNew(
            () => Assert.ThrowsAny<OperationCanceledException>(() => gate.Channels[0].TryTake(out _)),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        await transport.HalfRead.WaitAsync(Deadline);

        await cancel.CancelAsync();
        Assert.NotSame(reading, await Task.WhenAny(reading, Task.Delay(100)));
        transport.ReadOn();
        await reading.WaitAsync(Deadline);

        Assert.Equal((0, 0), (pool.Lent, windows.Count));
    }

    private static void Answer(ReceiveWindow window, bool isWhole, params byte[] blocks)
    {
        Assert.True(window.TryBegin());
        foreach (byte block in blocks)
        {
            Assert.True(window.TryTake(1, default, out Span<byte> room));
            room[0] = block;
        }

        window.End(isWhole);
    }

    private static List<byte> Taken(ReceiveWindow window)
    {
        IReadOnlyList<Block> blocks = window.Take();
        List<byte> bytes = [.. blocks.Select(block => block.Bytes[0])];
        foreach (Block block in blocks)
        {
            block.Release();
        }

        return bytes;
    }

    /// <summary>
    /// An answer is half read when the consumer gives up; the call ends as the grains' transport ends it.
    /// </summary>
    private sealed class AnsweringTransport(ReceiveWindows windows) : IExchangeTransport
    {
        private readonly TaskCompletionSource _halfRead = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _readOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task HalfRead => _halfRead.Task;

        public void ReadOn() => _readOn.SetResult();

        public ValueTask<FetchReply> FetchAsync(FetchRequest request, CancellationToken cancellationToken) =>
            new(AnswerAsync(request, cancellationToken));

        public void Close(ChannelId channel, string where)
        {
        }

        private async Task<FetchReply> AnswerAsync(FetchRequest request, CancellationToken cancellation)
        {
            using ReceiveWindow window = windows.Open(request.Credits);
            Thread network = new(() =>
            {
                Assert.True(window.TryBegin());
                Assert.True(window.TryTake(4, default, out _));
                _halfRead.SetResult();
                _readOn.Task.Wait(Deadline);
                Assert.True(window.TryTake(4, default, out _));
                window.End(isWhole: true);
            });
            network.Start();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            return new FetchReply(FetchStatus.Data, 0, window.Take(), 0, "");
        }
    }
}
