using Sluice.Sorting;

namespace Sluice.Exchange.Tests;

public class FetchTests
{
    [Theory]
    [InlineData(14)]
    [InlineData(200)]
    public async Task Asking_again_for_what_was_not_acknowledged_gives_the_same_blocks(int ringSegments)
    {
        using ExchangeFixture exchange = new();
        ProducerOutput producer = exchange.Produce(
            0, TestRecords.Random(1, 300, ExchangeFixture.Partitions, 60), ringSegments);
        ChannelId channel = new(producer.Id, 0, 1);

        byte[][] first = await Fetch(exchange, channel, 0);
        byte[][] again = await Fetch(exchange, channel, 0);
        byte[][] second = await Fetch(exchange, channel, first.Length);
        byte[][] secondAgain = await Fetch(exchange, channel, first.Length);

        Assert.Equal(first, again);
        Assert.Equal(second, secondAgain);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void An_output_that_is_gone_is_told_as_lost_with_its_producer()
    {
        using ExchangeFixture exchange = new();
        ProducerOutput producer = exchange.Produce(0, TestRecords.Random(2, 50, ExchangeFixture.Partitions, 30), 14);
        exchange.Outputs.Release(producer.Id);

        OutputLostException thrown = Assert.Throws<OutputLostException>(() => exchange.ReadAll([producer], 0, 9));

        Assert.Equal(producer.Id, thrown.Output);
        Assert.Equal(0, exchange.Pool.Lent);
    }

    [Fact]
    public void A_damaged_block_is_told_as_lost_and_never_read()
    {
        using ExchangeFixture exchange = new();
        ProducerOutput producer = exchange.Produce(0, TestRecords.Random(3, 300, ExchangeFixture.Partitions, 60), 14);
        foreach (MemoryStore.StoredFile file in exchange.Store.Files)
        {
            file.Bytes[20] ^= 1;
        }

        OutputLostException thrown = Assert.Throws<OutputLostException>(
            () => exchange.ReadAll([producer], 0, 9));

        Assert.Contains("expected checksum", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(0, exchange.Pool.Lent);
    }

    [Fact]
    public void A_file_that_may_not_be_read_any_more_is_told_as_lost()
    {
        using ExchangeFixture exchange = new();
        ProducerOutput producer = AddUnreadable(exchange, new UnauthorizedAccessException("Access is denied."));

        OutputLostException thrown = Assert.Throws<OutputLostException>(() => exchange.ReadAll([producer], 0, 9));

        Assert.Contains("Access is denied.", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void That_the_process_has_too_many_files_open_does_not_make_an_output_lost()
    {
        const int tooManyFiles = 24;
        using ExchangeFixture exchange = new();
        ProducerOutput producer = AddUnreadable(exchange, new IOException("Too many open files", tooManyFiles));

        IOException thrown = Assert.Throws<IOException>(() => exchange.ReadAll([producer], 0, 9));

        Assert.True(ProcessLimits.IsReached(thrown));
    }

    [Fact]
    public void An_output_that_its_silo_cannot_serve_is_not_told_as_lost()
    {
        using ExchangeFixture exchange = new();
        ProducerOutput producer = exchange.Produce(0, TestRecords.Random(8, 50, ExchangeFixture.Partitions, 30), 14);

        IOException thrown = Assert.Throws<IOException>(
            () => exchange.ReadAll([producer], 0, 9, new UnservedTransport()));

        Assert.Contains("was not served: the disk is full", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(0, exchange.Pool.Lent);
    }

    [Fact]
    public async Task A_reclaim_that_waits_for_room_on_the_disk_ends_with_the_request_that_needs_it()
    {
        using ExchangeFixture exchange = new();
        List<TestRecord> records = TestRecords.Random(9, 100, ExchangeFixture.Partitions, 40);
        using MapOutputBuffer buffer = new(exchange.Pool.Task, exchange.Store, new MapOutputOptions
        {
            Partitions = ExchangeFixture.Partitions,
            MaximumSegments = 200,
            SegmentSize = ExchangeFixture.SegmentSize,
        });
        records.ForEach(record => buffer.Collect(record.Partition, record.Key, record.Value));
        DiskFullStore full = new(exchange.Store, before: 0, refused: int.MaxValue);
        DiskWait wait = new(TimeSpan.FromHours(1));
        ProducerOutput producer = new(new OutputId(Guid.Empty, 0, 0, 1), 1);
        ResultPartition output = new(
            producer.Id, buffer.Finish().Runs, token => new WaitingStore(full, wait, token));
        exchange.Outputs.Add(output, null);
        buffer.Dispose();
        int held = output.Reclaimable;
        using CancellationTokenSource cancel = new();

        Task<int> reclaim = Task.Factory.StartNew(
            () => output.Reclaim(1, cancel.Token),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        Assert.True(SpinWait.SpinUntil(() => wait.Current is not null, TimeSpan.FromSeconds(30)));
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reclaim.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal((held, 0), (output.Reclaimable, exchange.Store.LiveFiles));
        Assert.Equal(
            records.Count,
            Enumerable.Range(0, ExchangeFixture.Partitions)
                .Sum(partition => exchange.ReadAll([producer], partition, 9).Count));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_block_that_holds_no_records_is_told_as_lost(bool isTooShort)
    {
        using ExchangeFixture exchange = new();
        ProducerOutput producer = exchange.Produce(0, TestRecords.Random(6, 300, ExchangeFixture.Partitions, 60), 14);
        DamagingTransport damaging = new(exchange.Transport, isTooShort);

        OutputLostException thrown = Assert.Throws<OutputLostException>(
            () => exchange.ReadAll([producer], 0, 9, damaging));

        Assert.Equal(producer.Id, thrown.Output);
        Assert.Contains("Block 1 of partition 0 in ", thrown.Message, StringComparison.Ordinal);
        Assert.Contains(
            isTooShort ? "expected a header of 16 bytes, found 15" : "expected a record's lengths",
            thrown.Message,
            StringComparison.Ordinal);
        Assert.Equal(0, exchange.Pool.Lent);
    }

    [Fact]
    public void A_gap_in_a_channel_is_an_error()
    {
        using ExchangeFixture exchange = new();
        ProducerOutput producer = exchange.Produce(0, TestRecords.Random(4, 300, ExchangeFixture.Partitions, 60), 14);

        Assert.Throws<IOException>(
            () => exchange.ReadAll([producer], 0, 5, new SkippingTransport(exchange.Transport)));

        Assert.Equal(0, exchange.Pool.Lent);
    }

    [Fact]
    public void An_answer_that_comes_later_from_another_thread_is_waited_for()
    {
        using ExchangeFixture exchange = new();
        List<TestRecord> records = TestRecords.Random(5, 100, ExchangeFixture.Partitions, 60);
        ProducerOutput producer = exchange.Produce(0, records, 14);

        List<TestRecord> read = exchange.ReadAll([producer], 2, 9, new LateTransport(exchange.Transport));

        Assert.Equal(
            TestRecords.Sorted(records).Where(record => record.Partition == 2).Select(record => record.Text),
            read.Select(record => record.Text));
    }

    private static async Task<byte[][]> Fetch(ExchangeFixture exchange, ChannelId channel, int from)
    {
        using CreditReservation credits = CreditReservation.From(exchange.Pool.Task, 3, CancellationToken.None);
        FetchReply reply = await exchange.Transport.FetchAsync(
            new FetchRequest(channel, "", from, credits), CancellationToken.None);
        byte[][] blocks = [.. reply.Blocks.Select(block => block.Bytes.ToArray())];
        foreach (Block block in reply.Blocks)
        {
            block.Release();
        }

        return blocks;
    }

    /// <summary>Loses the second answer's first block.</summary>
    private sealed class SkippingTransport(IExchangeTransport inner) : IExchangeTransport
    {
        private int _answers;

        public async ValueTask<FetchReply> FetchAsync(FetchRequest request, CancellationToken cancellationToken)
        {
            FetchReply reply = await inner.FetchAsync(request, cancellationToken);
            return ++_answers == 2 ? reply with { FirstSequence = reply.FirstSequence + 1 } : reply;
        }

        public void Close(ChannelId channel, string where) => inner.Close(channel, where);
    }

    /// <summary>Sends a second block that is shorter than its header, or sealed and without records.</summary>
    private static ProducerOutput AddUnreadable(ExchangeFixture exchange, Exception why)
    {
        OutputId id = new(Guid.Empty, 0, 0, 1);
        exchange.Outputs.Add(new ResultPartition(id, [new UnreadableRun(why)], _ => exchange.Store), null);
        return new ProducerOutput(id, 1);
    }

    /// <summary>A run whose file cannot be opened again.</summary>
    private sealed class UnreadableRun(Exception why) : SortedRun
    {
        public override string Name => "unreadable";

        public override long Length => 100;

        public override PartitionRange RangeOf(int partition) => new(0, 100, 1);

        public override IBlockReader Open(int partition) => throw why;

        public override void Discard(int partition)
        {
        }

        public override void Dispose()
        {
        }
    }

    /// <summary>Another silo, whose disk is full.</summary>
    private sealed class UnservedTransport : IExchangeTransport
    {
        public ValueTask<FetchReply> FetchAsync(FetchRequest request, CancellationToken cancellationToken) =>
            ValueTask.FromResult(
                new FetchReply(FetchStatus.Unserved, request.FromSequence, [], 0, "the disk is full"));

        public void Close(ChannelId channel, string where)
        {
        }
    }

    private sealed class DamagingTransport(IExchangeTransport inner, bool isTooShort) : IExchangeTransport
    {
        public async ValueTask<FetchReply> FetchAsync(FetchRequest request, CancellationToken cancellationToken)
        {
            FetchReply reply = await inner.FetchAsync(request, cancellationToken);
            return reply with
            {
                Blocks = [.. reply.Blocks.Select((block, i) => Change(block, reply.FirstSequence + i))],
            };
        }

        public void Close(ChannelId channel, string where) => inner.Close(channel, where);

        private Block Change(Block block, int number)
        {
            if (number == 1 && isTooShort)
            {
                return block with { Length = BlockFormat.HeaderSize - 1 };
            }

            if (number == 1)
            {
                // What the block before has begun ends in zeros, and then come lengths that cannot be.
                Span<byte> bytes = block.Buffer.Segment.Slice(block.Offset, block.Length);
                bytes[BlockFormat.HeaderSize..].Fill(0xFF);
                BlockFormat.Seal(bytes, number);
            }

            return block;
        }
    }

    private sealed class LateTransport(IExchangeTransport inner) : IExchangeTransport
    {
        public async ValueTask<FetchReply> FetchAsync(FetchRequest request, CancellationToken cancellationToken)
        {
            await Task.Delay(1, cancellationToken);
            return await inner.FetchAsync(request, cancellationToken);
        }

        public void Close(ChannelId channel, string where) => inner.Close(channel, where);
    }
}
