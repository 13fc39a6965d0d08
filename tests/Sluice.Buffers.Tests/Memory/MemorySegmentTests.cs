namespace Sluice.Buffers.Tests;

public sealed class MemorySegmentTests : IDisposable
{
    private readonly MemorySlab _slab = new(2, 16);

    private MemorySegment First => _slab.Segments[0];

    private MemorySegment Second => _slab.Segments[1];

    public void Dispose() => _slab.Dispose();

    public static TheoryData<int, int> OutsideOfSixteen => new()
    {
        { -1, 1 }, { 16, 1 }, { 15, 2 }, { 0, 17 }, { 0, -1 }, { -1, -1 }, { int.MaxValue, 1 }, { 1, int.MaxValue },
        { int.MaxValue, int.MaxValue }, { int.MinValue, int.MinValue }, { int.MinValue, int.MaxValue }, { 17, 0 },
    };

    [Theory]
    [MemberData(nameof(OutsideOfSixteen))]
    public void Slice_refuses_what_is_outside(int offset, int length) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = First.Slice(offset, length).Length);

    [Fact]
    public void Slice_gives_every_part()
    {
        Fill(First);
        byte[] model = First.Span.ToArray();
        for (int offset = 0; offset <= 16; offset++)
        {
            for (int length = 0; offset + length <= 16; length++)
            {
                Assert.Equal(model.AsSpan(offset, length), First.Slice(offset, length));
                Assert.Equal(model.AsSpan(offset, length), First.Memory.Slice(offset, length).Span);
            }
        }
    }

    [Fact]
    public void CopyTo_copies_like_an_array_also_onto_itself()
    {
        for (int offset = 0; offset < 16; offset++)
        {
            for (int target = 0; target < 16; target++)
            {
                for (int length = 0; length <= 16 - Math.Max(offset, target); length++)
                {
                    Fill(First);
                    byte[] model = First.Span.ToArray();
                    Array.Copy(model, offset, model, target, length);

                    First.CopyTo(offset, First, target, length);

                    Assert.Equal(model, First.Span);
                }
            }
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => First.CopyTo(0, Second, 9, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => First.CopyTo(9, Second, 0, 8));
    }

    [Fact]
    public void CopyFrom_and_CopyTo_exchange_bytes_with_spans()
    {
        First.CopyFrom(3, "water"u8);
        byte[] copy = new byte[5];
        First.CopyTo(3, copy);

        Assert.Equal("water"u8, copy);
        Assert.Throws<ArgumentOutOfRangeException>(() => First.CopyFrom(12, "water"u8));
        Assert.Throws<ArgumentOutOfRangeException>(() => First.CopyTo(12, copy));
    }

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("", "a", -1)]
    [InlineData("ab", "ab", 0)]
    [InlineData("ab", "abc", -1)]
    [InlineData("b", "abc", 1)]
    [InlineData("a\u00ff", "a\u0001", 1)]
    [InlineData("a\u0000", "a", 1)]
    public void Compare_is_by_unsigned_bytes_and_shorter_first(string left, string right, int sign)
    {
        First.CopyFrom(1, System.Text.Encoding.Latin1.GetBytes(left));
        Second.CopyFrom(2, System.Text.Encoding.Latin1.GetBytes(right));

        Assert.Equal(sign, Math.Sign(First.Compare(1, left.Length, Second, 2, right.Length)));
        Assert.Equal(-sign, Math.Sign(Second.Compare(2, right.Length, First, 1, left.Length)));
        if (left.Length == right.Length)
        {
            Assert.Equal(sign == 0, First.EqualTo(1, Second, 2, left.Length));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(20)]
    public void SwapBytes_exchanges_through_an_auxiliary_buffer_of_any_size(int auxiliary)
    {
        Fill(First);
        Second.Span.Clear();
        byte[] first = First.Span.ToArray();

        First.SwapBytes(new byte[auxiliary], 2, Second, 5, 7);

        Assert.Equal([.. first[..2], .. new byte[7], .. first[9..]], First.Span);
        Assert.Equal([.. new byte[5], .. first[2..9], .. new byte[4]], Second.Span);
    }

    [Fact]
    public void SwapBytes_refuses_overlap_and_an_empty_auxiliary_buffer()
    {
        Assert.Throws<ArgumentException>(() => First.SwapBytes(new byte[4], 0, First, 3, 4));
        Assert.Throws<ArgumentException>(() => First.SwapBytes([], 0, Second, 0, 1));
    }

    [Fact]
    public void Everything_throws_once_the_slab_is_freed()
    {
        MemorySegment segment = First;
        Memory<byte> memory = segment.Memory;

        _slab.Dispose();
        _slab.Dispose();

        Action[] uses =
        [
            () => _ = segment.Span.Length, () => _ = segment.Slice(0, 1).Length, () => segment.GetInt64LittleEndian(0),
            () => segment.PutByte(0, 1), () => segment.CopyTo(0, new byte[1]), () => _ = memory.Span.Length,
        ];
        Assert.All(uses, use => Assert.Throws<ObjectDisposedException>(use));
        Assert.Equal(0, segment.Size);
    }

    [Fact]
    public unsafe void Segments_of_a_slab_lie_one_behind_the_other_on_a_page()
    {
        Assert.Equal(0, (nint)First.Pointer % 4096);
        Assert.Equal(16, Second.Pointer - First.Pointer);
    }

    private static void Fill(MemorySegment segment)
    {
        for (int i = 0; i < segment.Size; i++)
        {
            segment.Span[i] = (byte)((i * 37) + 1);
        }
    }
}
