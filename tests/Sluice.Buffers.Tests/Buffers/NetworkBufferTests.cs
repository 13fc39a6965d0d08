using System.Runtime.CompilerServices;

namespace Sluice.Buffers.Tests;

public sealed class NetworkBufferTests : IDisposable
{
    private readonly WholePool _whole = new(4);
    private readonly LocalBufferPool _pool;

    public NetworkBufferTests()
    {
        _pool = _whole.Share("map 7", 4, 4);
    }

    public void Dispose()
    {
        _pool.Dispose();
        _whole.Dispose();
    }

    [Fact]
    public void A_handle_is_sixteen_bytes() => Assert.Equal(16, Unsafe.SizeOf<NetworkBuffer>());

    [Fact]
    public void A_requested_buffer_is_empty_data()
    {
        NetworkBuffer used = _pool.Request(CancellationToken.None);
        used.SetLength(7);
        used.SetDataType(BufferDataType.EndOfPartition);
        used.Release();

        NetworkBuffer buffer = _pool.Request(CancellationToken.None);

        Assert.Equal(0, buffer.Length);
        Assert.Equal(64, buffer.Size);
        Assert.Equal(BufferDataType.Data, buffer.DataType);
        Assert.True(buffer.Written.IsEmpty);
        buffer.Release();
    }

    [Fact]
    public void The_segment_goes_back_with_the_last_release()
    {
        NetworkBuffer first = _pool.Request(CancellationToken.None);
        NetworkBuffer second = first.Retain();

        first.Release();
        int lentWithOneHolder = _pool.Lent;
        second.Release();

        Assert.Equal(1, lentWithOneHolder);
        Assert.Equal(0, _pool.Lent);
    }

    [Fact]
    public void Release_throws_when_released_twice_while_another_holds_the_buffer()
    {
        NetworkBuffer first = _pool.Request(CancellationToken.None);
        NetworkBuffer second = first.Retain();
        first.Release();

        BufferMisuseException failure = Assert.Throws<BufferMisuseException>(first.Release);

        Assert.Contains("lent to 'map 7' with 1 holder(s)", failure.Message, StringComparison.Ordinal);
        Assert.True(second.IsLive);
        Assert.Equal(1, _pool.Lent);
        second.Release();
    }

    [Fact]
    public void Release_throws_when_its_place_is_held_by_somebody_else()
    {
        NetworkBuffer keeper = _pool.Request(CancellationToken.None);
        NetworkBuffer stale = keeper.Retain();
        stale.Release();
        NetworkBuffer[] others = [.. Enumerable.Range(0, 9).Select(_ => keeper.Retain())];

        Assert.Throws<BufferMisuseException>(stale.Release);

        Array.ForEach(others, other => other.Release());
        keeper.Release();
    }

    [Fact]
    public void Every_member_throws_when_the_segment_is_in_its_next_life()
    {
        NetworkBuffer stale = _pool.Request(CancellationToken.None);
        stale.Release();
        NetworkBuffer reused = _pool.Request(CancellationToken.None);
        reused.SetLength(5);

        Assert.False(stale.IsLive);
        Action[] uses =
        [
            stale.Release,
            () => stale.Retain(),
            () => _ = stale.Segment,
            () => _ = stale.Span.Length,
            () => _ = stale.Length,
            () => _ = stale.Written.Length, () => _ = stale.DataType, () => _ = stale.Size, () => stale.SetLength(1),
            () => stale.SetDataType(BufferDataType.Event), () => stale.ReadOnlySlice(0, 1), () => stale.HandOver("a"),
            () => stale.Retain("a"), () => stale.TryRetain(out _), () => stale.SetReadPosition(0), stale.Clear,
            () => stale.Append(1), () => _ = stale.ReadPosition, () => _ = stale.Readable.Length,
            () => _ = stale.Room.Length, () => _ = stale.WrittenMemory, () => _ = stale.Owner, () => _ = stale.Holder,
        ];
        foreach (Action use in uses)
        {
            BufferMisuseException failure = Assert.Throws<BufferMisuseException>(use);
            Assert.Contains("belongs to a life that has ended", failure.Message, StringComparison.Ordinal);
        }

        Assert.Equal(5, reused.Length);
        reused.Release();
    }

    [Fact]
    public void Retain_throws_and_TryRetain_fails_when_all_places_are_held()
    {
        NetworkBuffer first = _pool.Request(CancellationToken.None);
        NetworkBuffer[] others = [.. Enumerable.Range(0, 9).Select(_ => first.Retain())];

        Assert.Throws<BufferMisuseException>(() => first.Retain());
        Assert.False(first.TryRetain(out _));

        Array.ForEach(others, other => other.Release());
        Assert.True(first.TryRetain(out NetworkBuffer again));
        again.Release();
        Assert.Throws<BufferMisuseException>(() => again.TryRetain(out _));
        first.Release();
    }

    [Fact]
    public void A_default_handle_throws() =>
        Assert.Throws<BufferMisuseException>(() => default(NetworkBuffer).Release());
}
