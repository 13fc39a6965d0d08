using System.Text;

namespace Sluice.Sorting.Tests;

/// <summary>Records that are written straight into the ring, their lengths not being known before.</summary>
public class RecordBuilderTests
{
    [Theory]
    [Seeded(1, 12, 64, 0.8, 40)]
    [Seeded(2, 13, 64, 0.3, 90)]
    [Seeded(3, 14, 64, 0.01, 300)]
    [Seeded(4, 16, 128, 1.0, 40)]
    [Seeded(5, 20, 256, 0.5, 700)]
    [Seeded(6, 60, 1024, 0.8, 5000)]
    public void Records_written_in_place_are_those_copied_in(
        int seed, int segments, int segmentSize, double threshold, int longest)
    {
        using TestPool pool = new(segments + 20, segmentSize);
        MemoryStore store = new();
        List<TestRecord> records = TestRecords.Random(seed, 700, partitions: 4, longest);
        Random random = new(seed);

        List<TestRecord> read = TestOutput.Pass(
            pool, store, TestOutput.Options(4, segments, segmentSize, threshold), buffer =>
            {
                foreach (TestRecord record in records)
                {
                    RecordWriter key = buffer.BeginKey();
                    WriteInParts(ref key, record.Key, random);
                    Assert.Equal(record.Key, buffer.EndKey(ref key));
                    RecordWriter value = buffer.BeginValue(record.Partition);
                    WriteInParts(ref value, record.Value, random);
                    buffer.EndRecord(ref value);
                }

                Assert.Equal(records.Count, buffer.RecordCount);
            });

        Assert.Equal(TestRecords.Sorted(records).Select(r => r.Text), read.Select(r => r.Text));
        Assert.Equal(0, store.LiveFiles);
    }

    [Theory]
    [Seeded(11, 12, 64)]
    [Seeded(12, 15, 128)]
    [Seeded(13, 60, 1024)]
    public void Composed_items_come_back_wherever_the_segments_end(int seed, int segments, int segmentSize)
    {
        using TestPool pool = new(segments + 20, segmentSize);
        Random random = new(seed);
        KeyOrder<(string, int)> order = KeyOrders.Descending(KeyOrders.Find<(string, int)>()!);
        Serializer<(string, (string, long?), byte[])> serializer =
            Serializers.Find<(string, (string, long?), byte[])>()!;
        List<((string, int) Key, (string, (string, long?), byte[]) Value)> items =
            [.. Enumerable.Range(0, 500).Select(i => (
                (Text(random, 15), i),
                (Text(random, 300), (Text(random, 20), i % 3 == 0 ? null : (long?)i), new byte[random.Next(70)])))];

        List<TestRecord> read = TestOutput.Pass(
            pool, new MemoryStore(), TestOutput.Options(1, segments, segmentSize), buffer => items.ForEach(item =>
            {
                RecordWriter key = buffer.BeginKey();
                order.Encode(item.Key, ref key);
                buffer.EndKey(ref key);
                RecordWriter value = buffer.BeginValue(0);
                serializer.Write(item.Value, ref value);
                buffer.EndRecord(ref value);
            }));

        List<((string, int) Key, (string, (string, long?), byte[]) Value)> expected =
        [
            .. items.OrderByDescending(item => item.Key.Item1, StringComparer.Ordinal)
                .ThenByDescending(item => item.Key.Item2),
        ];
        Assert.Equal(expected.Select(item => item.Key), read.Select(record => order.Decode(record.Key)));
        Assert.Equal(
            expected.Select(item => (item.Value.Item1, item.Value.Item2, item.Value.Item3.Length)),
            read.Select(record => serializer.Read(record.Value)).Select(v => (v.Item1, v.Item2, v.Item3.Length)));
    }

    [Theory]
    [Seeded(21, 12, 64, 60)]
    [Seeded(22, 14, 64, 400)]
    [Seeded(23, 20, 256, 3000)]
    public void A_record_that_is_given_up_leaves_nothing(int seed, int segments, int segmentSize, int longest)
    {
        using TestPool pool = new(segments + 20, segmentSize);
        Random random = new(seed);
        List<TestRecord> records = TestRecords.Random(seed, 400, partitions: 3, longest);
        List<TestRecord> kept = [];

        List<TestRecord> read = TestOutput.Pass(
            pool, new MemoryStore(), TestOutput.Options(3, segments, segmentSize), buffer =>
            {
                foreach (TestRecord record in records)
                {
                    RecordWriter key = buffer.BeginKey();
                    WriteInParts(ref key, record.Key, random);
                    if (random.Next(4) == 0)
                    {
                        buffer.AbandonRecord();
                        continue;
                    }

                    buffer.EndKey(ref key);
                    RecordWriter value = buffer.BeginValue(record.Partition);
                    WriteInParts(ref value, record.Value, random);
                    if (random.Next(4) == 0)
                    {
                        buffer.AbandonRecord();
                        continue;
                    }

                    // Begun and left behind: the next record gives it up.
                    if (random.Next(8) == 0)
                    {
                        continue;
                    }

                    buffer.EndRecord(ref value);
                    kept.Add(record);
                    Assert.Equal(kept.Count, buffer.RecordCount);
                }
            });

        Assert.InRange(kept.Count, 50, 350);
        Assert.Equal(TestRecords.Sorted(kept).Select(r => r.Text), read.Select(r => r.Text));
    }

    [Fact]
    public void Records_that_are_given_up_take_no_memory()
    {
        using TestPool pool = new(20, 64);
        using MapOutputBuffer buffer = new(pool.Task, new MemoryStore(), TestOutput.Options(1, 12, 64));
        buffer.Collect(0, [1], [2]);
        int before = pool.Lent;

        for (int i = 0; i < 500; i++)
        {
            RecordWriter key = buffer.BeginKey();
            key.Write(new byte[i % 70]);
            buffer.EndKey(ref key);
            RecordWriter value = buffer.BeginValue(0);
            value.Write(new byte[i % 300]);
            buffer.AbandonRecord();
        }

        Assert.Equal(before, pool.Lent);
        Assert.Equal(0, buffer.SpilledBytes);
    }

    [Fact]
    public void Begin_value_refuses_a_partition_that_is_not_there_and_forgets_the_key()
    {
        using TestPool pool = new(20, 64);
        MemoryStore store = new();

        List<TestRecord> read = TestOutput.Pass(pool, store, TestOutput.Options(2, 12, 64), buffer =>
        {
            foreach (int partition in (int[])[2, -1])
            {
                RecordWriter lost = buffer.BeginKey();
                lost.Write(new byte[30]);
                buffer.EndKey(ref lost);
                Assert.Throws<ArgumentOutOfRangeException>(() => Ignore(buffer.BeginValue(partition)));
            }

            Assert.Equal(0, buffer.RecordCount);
            buffer.Collect(1, [7], [8]);
        });

        Assert.Equal("1:07=08", Assert.Single(read).Text);
    }

    [Fact]
    public void A_record_that_becomes_too_long_is_refused_while_it_is_written()
    {
        using TestPool pool = new(40, 64);
        using MapOutputBuffer buffer = new(
            pool.Task, new MemoryStore(), TestOutput.Options(1, 12, 64) with { LargestRecord = 1000 });
        int written = 0;

        RecordTooLargeException thrown = Assert.Throws<RecordTooLargeException>(() =>
        {
            RecordWriter key = buffer.BeginKey();
            buffer.EndKey(ref key);
            RecordWriter value = buffer.BeginValue(0);
            try
            {
                for (; written < 1_000_000; written++)
                {
                    value.WriteByte(1);
                }
            }
            catch (RecordTooLargeException)
            {
                buffer.AbandonRecord();
            }
        });

        Assert.Equal(1000, thrown.Limit);
        Assert.InRange(written, 1000, 5000);
        Assert.Equal(0, buffer.RecordCount);
    }

    [Fact]
    public void A_spill_that_fails_inside_a_record_is_told_from_a_writer_that_fails()
    {
        using TestPool pool = new(20, 64);
        using MapOutputBuffer buffer = new(pool.Task, new DiskFullStore(), TestOutput.Options(1, 12, 64));

        IOException thrown = Assert.Throws<IOException>(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                RecordWriter key = buffer.BeginKey();
                try
                {
                    key.Write(new byte[20]);
                }
                catch (IOException)
                {
                    buffer.AbandonRecord();
                    Assert.Fail("The spill's failure was taken for the writer's.");
                }

                buffer.EndKey(ref key);
                RecordWriter value = buffer.BeginValue(0);
                buffer.EndRecord(ref value);
            }
        });

        Assert.Equal(DiskFullStore.Message, thrown.Message);
    }

    [Fact]
    public void Advance_beyond_the_room_is_refused()
    {
        using TestPool pool = new(20, 64);
        using MapOutputBuffer buffer = new(pool.Task, new MemoryStore(), TestOutput.Options(1, 12, 64));

        Assert.Throws<ArgumentOutOfRangeException>(() =>
        {
            RecordWriter key = buffer.BeginKey();
            key.Advance(key.GetSpan(1).Length + 1);
        });
    }

    // Every way of writing that there is: whole, byte by byte, in spans asked for larger than they are used.
    private static void WriteInParts(ref RecordWriter writer, ReadOnlySpan<byte> bytes, Random random)
    {
        int start = writer.Length;
        int length = bytes.Length;
        while (!bytes.IsEmpty)
        {
            int count = Math.Min(bytes.Length, 1 + random.Next(random.Next(2) == 0 ? 8 : 400));
            switch (random.Next(4))
            {
                case 0:
                    count = 1;
                    writer.WriteByte(bytes[0]);
                    break;
                case 1:
                    bytes[..count].CopyTo(writer.GetSpan(count + random.Next(100)));
                    writer.Advance(count);
                    break;
                case 2 when bytes[..count].IndexOfAnyExceptInRange((byte)1, (byte)127) < 0:
                    writer.WriteText(Encoding.ASCII.GetString(bytes[..count]));
                    break;
                default:
                    writer.Write(bytes[..count]);
                    break;
            }

            bytes = bytes[count..];
        }

        Assert.Equal(length, writer.Length - start);
    }

    private static string Text(Random random, int longest) => string.Concat(
        Enumerable.Range(0, random.Next(longest))
            .Select(_ => "a\0é\U0001F600z".EnumerateRunes().ElementAt(random.Next(5))));

    private static void Ignore(RecordWriter writer) => Assert.Equal(0, writer.Length);

    private sealed class DiskFullStore : ISpillStore
    {
        public const string Message = "No space left on device";

        public IStoredFile Create(string hint) => throw new IOException(Message);
    }
}
