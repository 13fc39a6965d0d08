namespace Sluice.Sorting.Tests;

public class RingGeometryTests
{
    [Theory]
    [InlineData(64, 1)]
    [InlineData(64, 3)]
    [InlineData(128, 4)]
    [InlineData(32768, 1000)]
    public void Slot_and_offset_are_those_of_division(int segmentSize, int maximumSegments)
    {
        RingGeometry geometry = new(segmentSize, maximumSegments);
        Random random = new(segmentSize);

        Assert.True(geometry.SlotCount > maximumSegments, "The head's next segment would meet the tail's.");
        foreach (long value in Enumerable.Range(0, 300).Select(i => i * 7L).Append(random.NextInt64()).Append(1L << 40))
        {
            RingPosition position = new(value);
            Assert.Equal(value / segmentSize % geometry.SlotCount, geometry.SlotOf(position));
            Assert.Equal(value % segmentSize, geometry.OffsetOf(position));
            Assert.Equal(segmentSize - (value % segmentSize), geometry.LeftInSegment(position));
        }
    }

    [Fact]
    public void A_record_position_keeps_its_lengths_beyond_four_gibibytes()
    {
        RingPosition start = new((5L << 32) - 3);

        RecordPosition position = new(start, start + 10, start + 10 + int.MaxValue - 20);

        Assert.Equal((start, 10, int.MaxValue - 20), (position.KeyStart, position.KeyLength, position.ValueLength));
        Assert.Equal(start + 10, position.ValueStart);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(63, 200)]
    [InlineData(64, 64)]
    [InlineData(64, 65)]
    [InlineData(100, 0)]
    public void Rewind_forgets_bytes_and_gives_segments_behind_them_back(int before, int behind)
    {
        using TestPool pool = new(20, 64);
        SegmentRing ring = new(64, 20);
        Write(ring, pool, Enumerable.Range(0, before).Select(i => (byte)i));
        RingPosition start = ring.Head;
        Write(ring, pool, Enumerable.Repeat((byte)0xEE, behind));

        ring.Rewind(start);

        Assert.True(ring.Room <= 64, "Only the last segment has room.");
        Write(ring, pool, Enumerable.Range(before, 90).Select(i => (byte)i));
        byte[] read = new byte[before + 90];
        ring.CopyTo(default, read);
        Assert.Equal(Enumerable.Range(0, before + 90).Select(i => (byte)i), read);
        Assert.Equal((before + 90 + 63) / 64, pool.Lent);
        ring.ReleaseAll();
    }

    private static void Write(SegmentRing ring, TestPool pool, IEnumerable<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            if (ring.Room == 0)
            {
                ring.AddSegment(pool.Task.Request(CancellationToken.None));
            }

            ring.Write([value]);
        }
    }
}
