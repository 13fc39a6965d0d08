namespace Sluice.Sorting.Tests;

/// <summary>One record as a test sees it.</summary>
internal sealed record TestRecord(int Partition, byte[] Key, byte[] Value)
{
    public string Text => $"{Partition}:{Convert.ToHexString(Key)}={Convert.ToHexString(Value)}";
}

/// <summary>Seeded random records of the kinds that break sorters.</summary>
internal static class TestRecords
{
    public static List<TestRecord> Random(int seed, int count, int partitions, int longest)
    {
        Random random = new(seed);
        byte[] commonPrefix = new byte[40];
        random.NextBytes(commonPrefix);
        List<TestRecord> records = new(count);
        for (int i = 0; i < count; i++)
        {
            byte[] key = random.Next(6) switch
            {
                0 => [],
                1 => [.. commonPrefix[..random.Next(commonPrefix.Length)], (byte)random.Next(4)],
                2 => [(byte)random.Next(3)],
                3 => new byte[random.Next(12)],
                4 => [.. commonPrefix, .. Bytes(random, longest)],
                _ => Bytes(random, longest),
            };
            records.Add(new TestRecord(random.Next(partitions), key, Bytes(random, longest)));
        }

        return records;
    }

    /// <summary>What a stable sort by (partition, key as bytes) gives.</summary>
    public static List<TestRecord> Sorted(IEnumerable<TestRecord> records) =>
        [.. records.OrderBy(record => record.Partition).ThenBy(record => record.Key, ByteOrder.Instance)];

    private static byte[] Bytes(Random random, int longest)
    {
        byte[] bytes = new byte[random.Next(longest + 1)];
        random.NextBytes(bytes);
        return bytes;
    }

    private sealed class ByteOrder : IComparer<byte[]>
    {
        public static readonly ByteOrder Instance = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
