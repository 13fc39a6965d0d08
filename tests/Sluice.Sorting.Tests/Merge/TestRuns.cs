namespace Sluice.Sorting.Tests;

/// <summary>Writes runs from records, and reads their records back.</summary>
internal static class TestRuns
{
    /// <summary>A run in a file, whose records are added to the sums.</summary>
    public static SortedRun Write(
        TestPool pool, ISpillStore store, IEnumerable<TestRecord> records, RecordSum[] sums, IBlockCodec? codec = null)
    {
        using WriteMemory memory = new(pool.Task, 1, codec, CancellationToken.None);
        using SpillFileWriter writer = new(store, "run", memory, new PartitionTable(sums));
        foreach (TestRecord record in TestRecords.Sorted(records))
        {
            writer.MoveTo(record.Partition);
            writer.Blocks.Append(record.Key, record.Value);
        }

        return writer.Finish();
    }

    /// <summary>All records of a run, as text, and the sums over them.</summary>
    public static (List<string> Records, RecordSum[] Sums) Read(TestPool pool, SortedRun run, int partitions)
    {
        List<string> records = [];
        RecordSum[] sums = new RecordSum[partitions];
        for (int partition = 0; partition < partitions; partition++)
        {
            using RunMerger merger = new(
                [new RunBlockSource(run, partition, pool.Task, CancellationToken.None)],
                2,
                pool.Task,
                new MemoryStore(),
                null,
                CancellationToken.None);
            while (merger.MoveNext())
            {
                byte[] record = merger.Record.ToArray();
                records.Add(new TestRecord(partition, record[..merger.KeyLength], record[merger.KeyLength..]).Text);
            }

            sums[partition] = merger.SourceSums()[0];
        }

        return (records, sums);
    }
}
