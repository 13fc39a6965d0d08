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

    [Theory]
    [Seeded(1)]
    [Seeded(2)]
    [Seeded(3)]
    public void Random_ranges_compare_and_are_equal_like_arrays(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 2000; round++)
        {
            // Few different bytes, so that long common beginnings are frequent.
            random.GetItems<byte>([0x00, 0x7F, 0x80, 0xFF], First.Span);
            First.CopyTo(0, Second, 0, 16);
            Second.Span[random.Next(16)] = (byte)random.Next(256);
            (int left, int right) = (random.Next(17), random.Next(17));
            (int leftLength, int rightLength) = (random.Next(17 - left), random.Next(17 - right));
            byte[] leftBytes = First.Slice(left, leftLength).ToArray();
            byte[] rightBytes = Second.Slice(right, rightLength).ToArray();
            int shorter = Math.Min(leftLength, rightLength);

            Assert.Equal(
                NaiveCompare(leftBytes, rightBytes),
                Math.Sign(First.Compare(left, leftLength, Second, right, rightLength)));
            Assert.Equal(
                leftBytes.Take(shorter).SequenceEqual(rightBytes.Take(shorter)),
                First.EqualTo(left, Second, right, shorter));
        }
    }

    [Fact]
    public unsafe void Segments_of_a_slab_lie_one_behind_the_other_on_a_page()
    {
        Assert.Equal(0, (nint)First.Pointer % 4096);
        Assert.Equal(16, Second.Pointer - First.Pointer);
    }

    private static int NaiveCompare(byte[] left, byte[] right)
    {
        for (int i = 0; i < left.Length && i < right.Length; i++)
        {
            if (left[i] != right[i])
            {
                return left[i] < right[i] ? -1 : 1;
            }
        }

        return Math.Sign(left.Length - right.Length);
    }

    private static void Fill(MemorySegment segment)
    {
        for (int i = 0; i < segment.Size; i++)
        {
            segment.Span[i] = (byte)((i * 37) + 1);
        }
    }
}
