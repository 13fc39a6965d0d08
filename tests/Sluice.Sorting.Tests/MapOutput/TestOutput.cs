namespace Sluice.Sorting.Tests;

/// <summary>Takes records through a map output buffer and a merge, and gives what comes out.</summary>
internal static class TestOutput
{
    public static MapOutputOptions Options(
        int partitions, int segments, int segmentSize, double threshold = 0.8) => new()
    {
        Partitions = partitions,
        MaximumSegments = segments,
        SegmentSize = segmentSize,
        SpillThreshold = threshold,
    };

    /// <summary>Collects the records by copying them in.</summary>
    public static List<TestRecord> Pass(
        TestPool pool, MemoryStore store, IReadOnlyList<TestRecord> records, MapOutputOptions options) =>
        Pass(pool, store, options, buffer =>
        {
            foreach (TestRecord record in records)
            {
                buffer.Collect(record.Partition, record.Key, record.Value);
            }

            Assert.Equal(records.Count, buffer.RecordCount);
        });

    /// <summary>Collects what <paramref name="collect"/> does, and checks the certificate of what comes out.</summary>
    public static List<TestRecord> Pass(
        TestPool pool, MemoryStore store, MapOutputOptions options, Action<MapOutputBuffer> collect)
    {
        MapOutput output;
        using (MapOutputBuffer buffer = new(pool.Task, store, options))
        {
            collect(buffer);
            output = buffer.Finish();
        }

        return Read(pool, store, output, options.KeyComparison);
    }

    /// <summary>All records of all partitions, in order; the runs are gone afterwards.</summary>
    public static List<TestRecord> Read(
        TestPool pool, MemoryStore store, MapOutput output, KeyComparison? comparison = null)
    {
        List<TestRecord> read = [];
        for (int partition = 0; partition < output.Sums.Length; partition++)
        {
            RecordSum sum = ReadPartition(pool, store, output, partition, comparison, read);
            Assert.Equal(output.Sums[partition], sum);
        }

        foreach (SortedRun run in output.Runs)
        {
            run.Dispose();
        }

        return read;
    }

    private static RecordSum ReadPartition(
        TestPool pool,
        MemoryStore store,
        MapOutput output,
        int partition,
        KeyComparison? comparison,
        List<TestRecord> read)
    {
        IBlockSource[] sources =
            [.. output.Runs.Select(run => new RunBlockSource(run, partition, pool.Task, CancellationToken.None))];
        using RunMerger merger = new(
            sources, fanIn: 3, pool.Task, store, null, CancellationToken.None, comparison: comparison);
        while (merger.MoveNext())
        {
            byte[] record = merger.Record.ToArray();
            read.Add(new TestRecord(partition, record[..merger.KeyLength], record[merger.KeyLength..]));
        }

        return merger.SourceSums().Aggregate(default(RecordSum), (total, sum) => total + sum);
    }
}
