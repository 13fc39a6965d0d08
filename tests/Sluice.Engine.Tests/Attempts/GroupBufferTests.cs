using Sluice.Buffers;

namespace Sluice.Engine.Tests;

/// <summary>Against a list of all values, in segments so small that most values meet an end.</summary>
public sealed class GroupBufferTests
{
    [Theory]
    [Seeded(1, 5)]
    [Seeded(2, 8)]
    [Seeded(3, 16)]
    [Seeded(4, 61)]
    public void Values_are_read_from_any_position_on_until_there_is_no_room(int seed, int segmentSize)
    {
        const int Segments = 20;
        Random random = new(seed);
        using NetworkBufferPool network = new(
            new NetworkBufferPoolOptions { SegmentCount = Segments, SegmentSize = segmentSize });
        using LocalBufferPool pool = network.CreateBufferPool("task", Segments, Segments);
        using (GroupBuffer buffer = new(pool, segmentSize, Segments, CancellationToken.None))
        {
            for (int group = 0; group < 50; group++)
            {
                List<(byte[] Value, long Position)> expected = [];
                byte[] value = Next();
                for (long position = buffer.Length; buffer.TryAppend(value); position = buffer.Length)
                {
                    expected.Add((value, position));
                    value = Next();
                }

                long end = buffer.Length;
                Assert.True(end + value.Length + segmentSize + GroupBuffer.LengthSize > buffer.Room, "There was room.");
                for (int first = 0; first < expected.Count; first++)
                {
                    long position = expected[first].Position;
                    Assert.All(
                        expected.Skip(first), one => Assert.Equal(one.Value, buffer.Read(ref position).ToArray()));
                    Assert.Equal(end, position);
                }

                buffer.Clear();
                Assert.Equal(0, buffer.Length);
                Assert.InRange(pool.Lent, 0, 1);
            }
        }

        Assert.Equal(0, pool.Lent);

        byte[] Next()
        {
            byte[] value = new byte[
                random.Next(4) switch { 0 => 0, 1 => random.Next(3 * segmentSize), _ => random.Next(segmentSize) }];
            random.NextBytes(value);
            return value;
        }
    }
}
