namespace Sluice.Buffers.Tests;

/// <summary>What is done for every buffer, record or value allocates nothing.</summary>
public sealed class AllocationTests : IDisposable
{
    private readonly WholePool _whole = new(4, segmentSize: 256);
    private readonly LocalBufferPool _pool;

    public AllocationTests()
    {
        _pool = _whole.Share("map 0", 2, 4);
    }

    public void Dispose()
    {
        _pool.Dispose();
        _whole.Dispose();
    }

    [Fact]
    public void Request_retain_slice_and_release_allocate_nothing() => AssertAllocatesNothing(() =>
    {
        NetworkBuffer buffer = _pool.Request(CancellationToken.None);
        buffer.SetLength(10);
        buffer.Retain().Release();
        buffer.ReadOnlySlice(2, 3).Release();
        buffer.Release();
    });

    [Fact]
    public void RequestAsync_allocates_nothing_when_a_buffer_is_free() => AssertAllocatesNothing(() =>
    {
        ValueTask<NetworkBuffer> request = _pool.RequestAsync(CancellationToken.None);
        Assert.True(request.IsCompletedSuccessfully);
        request.GetAwaiter().GetResult().Release();
    });

    [Fact]
    public void Appending_and_consuming_allocate_nothing()
    {
        using var builder = new BufferBuilder(_pool.Request(CancellationToken.None));
        using BufferConsumer consumer = builder.CreateConsumer();

        AssertAllocatesNothing(() =>
        {
            builder.TryAppend("a"u8);
            builder.Commit();
            consumer.Advance(consumer.Readable.Length);
        });
    }

    [Fact]
    public void Labels_and_hand_overs_allocate_nothing_once_a_segment_has_had_one() => AssertAllocatesNothing(() =>
    {
        NetworkBuffer buffer = _pool.Request(CancellationToken.None);
        NetworkBuffer given = buffer.Retain("reader").HandOver("sender");
        given.Release();
        buffer.HandOver("sender").Release();
    });

    [Fact]
    public void A_leak_detector_allocates_nothing_once_it_has_seen_a_segment()
    {
        LeakDetector? detector = LeakDetector.Create(new LeakDetectorOptions(), _ => { });
        using LocalBufferPool watched = _whole.Watched("map 1", 1, detector);

        AssertAllocatesNothing(() =>
        {
            NetworkBuffer buffer = watched.Request(CancellationToken.None);
            buffer.Retain("reader").HandOver("sender").Release();
            buffer.Release();
        });
    }

    [Fact]
    public void Waiting_for_data_allocates_nothing_after_the_first_wait()
    {
        using var builder = new BufferBuilder(_pool.Request(CancellationToken.None));
        using BufferConsumer consumer = builder.CreateConsumer();
        using var cancellation = new CancellationTokenSource();

        AssertAllocatesNothing(() =>
        {
            ValueTask<bool> wait = consumer.WaitForDataAsync(cancellation.Token);
            builder.TryAppend("a"u8);
            builder.Commit();
            Assert.True(wait.IsCompletedSuccessfully && wait.GetAwaiter().GetResult());
            consumer.Advance(1);
        });
    }

    [Fact]
    public void Views_allocate_nothing_per_value()
    {
        using var pages = new Pages(4, 8);
        var output = new SegmentOutputView(pages.Segments);
        var input = new SegmentInputView();

        AssertAllocatesNothing(() =>
        {
            output.Position = 0;
            output.WriteInt32(1);
            output.WriteInt64(2);
            output.WriteVarUInt64(ulong.MaxValue);
            output.Write("abc"u8);
            input.Reset(pages.Segments, 0, output.Position);
            _ = input.ReadInt32() + input.ReadInt64() + (long)input.ReadVarUInt64();
            input.Skip(3);
        });
    }

    private static void AssertAllocatesNothing(Action work)
    {
        work();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            work();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
