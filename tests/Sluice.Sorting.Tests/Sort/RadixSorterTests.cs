namespace Sluice.Sorting.Tests;

public class RadixSorterTests
{
    public static TheoryData<string, int> Workloads => new()
    {
        { "random", 5000 },
        { "same key", 3000 },
        { "long common prefix", 3000 },
        { "prefixes of each other", 1500 },
        { "zeros of different length", 3000 },
        { "far into the key", 600 },
        { "one word after the other", 1200 },
        { "lines of a program", 5000 },
        { "few words with zeros", 4000 },
        { "few of each", 3000 },
        { "many partitions", 4000 },
        { "empty", 0 },
        { "one", 1 },
    };

    [Theory]
    [MemberData(nameof(Workloads))]
    public void Sort_is_stable_and_orders_by_partition_and_key(string workload, int count)
    {
        using TestPool pool = new(4000, 256);
        RecordRing ring = new(256, 4000);
        List<TestRecord> records = Make(workload, count);
        uint number = 0;
        foreach (TestRecord record in records)
        {
            Add(ring, pool, record, number++);
        }

        RingFill fill = new(ring, default, ring.EndRecord, ring.Data.Head);
        new RadixSorter(fill).Sort(fill.Entries, fill.Scratch, count);

        List<int> sorted = [];
        for (int i = 0; i < count; i++)
        {
            RecordEntry entry = fill.Entries[i];
            sorted.Add((int)entry.Number);
            Assert.Equal(records[(int)entry.Number].Partition, entry.Partition);
            if (i > 0 && IsSame(records[sorted[i - 1]], records[sorted[i]]))
            {
                Assert.Equal(fill.Entries[i - 1].Prefix, entry.Prefix);
            }
        }

        List<int> expected = [.. Enumerable.Range(0, count)
            .OrderBy(i => records[i].Partition)
            .ThenBy(i => records[i].Key, Comparer<byte[]>.Create((x, y) => x.AsSpan().SequenceCompareTo(y)))];
        Assert.Equal(expected, sorted);
        ring.ReleaseAll();
    }

    private static List<TestRecord> Make(string workload, int count)
    {
        Random random = new(count);
        byte[] prefix = new byte[500];
        random.NextBytes(prefix);
        return [.. Enumerable.Range(0, count).Select(i => workload switch
        {
            "same key" => Record(prefix[..30], 0),
            "long common prefix" => Record([.. prefix[..50], (byte)random.Next(5), (byte)random.Next(5)], i % 2),
            "prefixes of each other" => Record(prefix[..random.Next(100)], 0),
            "zeros of different length" => Record(new byte[random.Next(30)], 0),
            "far into the key" => Record([.. prefix[..random.Next(150, 230)], (byte)random.Next(3)], 0),

            // So many words that a comparison finishes what is left.
            "one word after the other" => Record([.. prefix[..(8 * random.Next(60))], (byte)random.Next(3)], 0),
            "lines of a program" => Record(
                [.. Enumerable.Repeat((byte)' ', 4 * random.Next(6)), .. prefix[random.Next(8)..random.Next(8, 90)]],
                0),
            "few words with zeros" => Record(
                [.. prefix[..8], .. new byte[random.Next(20)], .. prefix[..random.Next(2)]], i % 2),
            "few of each" => Record(
                [.. prefix[..10], (byte)(i / 60), .. prefix[..random.Next(12, 30)], .. new byte[random.Next(9)]], 0),
            "many partitions" => Record([(byte)random.Next(256)], random.Next(100_000)),
            _ => Record(BitConverter.GetBytes(random.NextInt64()), random.Next(7)),
        })];
    }

    private static bool IsSame(TestRecord left, TestRecord right) =>
        left.Partition == right.Partition && left.Key.AsSpan().SequenceEqual(right.Key);

    private static TestRecord Record(byte[] key, int partition) => new(partition, key, []);

    private static void Add(RecordRing ring, TestPool pool, TestRecord record, uint number)
    {
        foreach (SegmentRing level in new[] { ring.Entries, ring.Scratch, ring.Positions })
        {
            if (level.Room == 0)
            {
                level.AddSegment(pool.Task.Request(CancellationToken.None));
            }
        }

        RingPosition start = ring.Data.Head;
        for (int written = 0; written < record.Key.Length;)
        {
            if (ring.Data.Room == 0)
            {
                ring.Data.AddSegment(pool.Task.Request(CancellationToken.None));
            }

            written += ring.Data.Write(record.Key.AsSpan(written));
        }

        ring.Append(new RecordPosition(start, ring.Data.Head, ring.Data.Head), new RecordEntry
        {
            Prefix = KeyPrefix.Of(record.Key),
            Partition = record.Partition,
            Number = number,
        });
    }
}
