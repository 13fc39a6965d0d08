namespace Sluice.Buffers.Tests;

public sealed class NetworkBufferSliceTests : IDisposable
{
    private readonly WholePool _whole = new(2);
    private readonly LocalBufferPool _pool;

    public NetworkBufferSliceTests()
    {
        _pool = _whole.Share("map 7", 2, 2);
    }

    public void Dispose()
    {
        _pool.Dispose();
        _whole.Dispose();
    }

    [Fact]
    public void A_slice_keeps_the_buffer_alive()
    {
        NetworkBuffer buffer = Filled("abcdef"u8);

        NetworkBufferSlice slice = buffer.ReadOnlySlice(2, 3);
        buffer.Release();

        Assert.Equal("cde"u8, slice.Span);
        Assert.Equal("cde"u8, slice.Memory.Span);
        Assert.Equal(1, _pool.Lent);
        slice.Release();
        Assert.Equal(0, _pool.Lent);
    }

    [Fact]
    public void A_slice_of_a_slice_counts_from_the_slice_and_outlives_it()
    {
        NetworkBuffer buffer = Filled("abcdef"u8);
        NetworkBufferSlice slice = buffer.ReadOnlySlice(1, 4);
        NetworkBufferSlice inner = slice.ReadOnlySlice(2, 2);
        NetworkBufferSlice empty = inner.ReadOnlySlice(2, 0);
        buffer.Release();
        slice.Release();

        Assert.Equal("de"u8, inner.Span);
        Assert.Equal(3, inner.Offset);
        Assert.Equal(0, empty.Length);
        inner.Release();
        Assert.Equal(1, _pool.Lent);
        empty.Release();
        Assert.Equal(0, _pool.Lent);
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, -1)]
    [InlineData(0, 7)]
    [InlineData(6, 1)]
    [InlineData(int.MaxValue, int.MaxValue)]
    public void A_part_that_is_outside_is_refused_and_takes_nothing(int offset, int length)
    {
        NetworkBuffer buffer = Filled("abcdef"u8);
        NetworkBufferSlice whole = buffer.ReadOnlySlice(0, 6);

        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.ReadOnlySlice(offset, length));
        Assert.Throws<ArgumentOutOfRangeException>(() => whole.ReadOnlySlice(offset, length));

        buffer.Release();
        whole.Release();
        Assert.Equal(0, _pool.Lent);
    }

    [Fact]
    public void A_released_slice_throws_also_while_the_buffer_is_held()
    {
        NetworkBuffer buffer = Filled("abcdef"u8);
        NetworkBufferSlice slice = buffer.ReadOnlySlice(1, 2).HandOver("sender");
        slice.Release();

        Assert.False(slice.IsLive);
        Action[] uses =
        [
            slice.Release, () => slice.Retain(), () => slice.Retain("a"), () => slice.HandOver("a"),
            () => slice.ReadOnlySlice(0, 1),
            () => _ = slice.Span.Length,
            () => _ = slice.Memory,
            () => _ = slice.DataType,
            () => _ = slice.Owner, () => _ = slice.Holder,
        ];
        Assert.All(uses, use => Assert.Equal("sender", Assert.Throws<BufferMisuseException>(use).Holder));
        buffer.Release();
    }

    [Fact]
    public void A_slice_does_not_follow_the_length_of_its_buffer()
    {
        NetworkBuffer buffer = Filled("abcdef"u8);
        NetworkBufferSlice slice = buffer.ReadOnlySlice(1, 5);
        buffer.Clear();

        Assert.Equal("bcdef"u8, slice.Span);
        slice.Release();
        buffer.Release();
    }

    [Fact]
    public void Buffer_and_slice_are_read_alike()
    {
        NetworkBuffer buffer = Filled("abcdef"u8);
        buffer.SetDataType(BufferDataType.Event);
        NetworkBufferSlice slice = buffer.ReadOnlySlice(0, 6).HandOver("reader");

        Assert.Equal("abcdef Event map 7 map 7 True", Describe(buffer));
        Assert.Equal("abcdef Event map 7 reader True", Describe(slice));
        Assert.Equal(Copy(buffer), Copy(slice));
        Release(buffer);
        Release(slice);
        Assert.Equal(0, _pool.Lent);

        static string Describe<TBuffer>(TBuffer part)
            where TBuffer : struct, IBuffer =>
            $"{System.Text.Encoding.ASCII.GetString(part.Written)} {part.DataType} {part.Owner} {part.Holder} " +
                $"{part.IsLive}";

        static byte[] Copy<TBuffer>(TBuffer part)
            where TBuffer : struct, IBuffer => part.WrittenMemory.ToArray();

        static void Release<TBuffer>(TBuffer part)
            where TBuffer : struct, IBuffer => part.Release();
    }

    private NetworkBuffer Filled(ReadOnlySpan<byte> bytes)
    {
        NetworkBuffer buffer = _pool.Request(CancellationToken.None);
        bytes.CopyTo(buffer.Room);
        buffer.Append(bytes.Length);
        return buffer;
    }
}
