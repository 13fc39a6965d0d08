namespace Sluice.Sorting.Tests;

/// <summary>Records larger than a segment, which a merge keeps in a file of its own.</summary>
public class LargeRecordsTests
{
    // Keys with a long common part, so that they are compared in the file.
    private static readonly TestRecord[] Records =
        [.. Enumerable.Range(0, 6)
            .Select(i => new TestRecord(0, [.. new byte[9000 + (i * 17)], (byte)i], new byte[5000 * i]))];

    [Theory]
    [InlineData(128)]
    [InlineData(8192)]
    public void They_are_merged_in_order(int segmentSize)
    {
        List<string> merged = Merge(segmentSize, store => store);

        Assert.Equal(
            TestRecords.Sorted(Records).Select(record => Convert.ToHexString([.. record.Key, .. record.Value])),
            merged);
    }

    [Theory]
    [InlineData("payload")]
    [InlineData("truncated")]
    [InlineData("short")]
    public void What_the_file_changed_is_found_and_named(string fault)
    {
        BlockCorruptException thrown = Assert.Throws<BlockCorruptException>(() => Merge(128, store => fault switch
        {
            "payload" => new FlippedBitStore(store, "large", 1, FlippedPlace.Payload),
            "truncated" => new TruncatedStore(store, "large", 1),
            _ => new ShortWriteStore(store, "large", 1),
        }));

        Assert.Matches("^Block [0-9]+ of partition 0 in large-[0-9]+ is damaged: expected .*, found ", thrown.Message);
    }

    [Fact]
    public void Of_many_only_those_that_are_open_take_room()
    {
        // Two runs of large records alone: one is open to the end.
        const int Count = 40;
        const int Length = 2 * LargeRecords.PieceSize;
        using TestPool pool = new(40, 128);
        MemoryStore files = new();
        MemoryStore store = new();
        SortedRun[] runs = [RunOf(0), RunOf(1)];
        int merged = 0;
        using (RunMerger merger = new(
            [.. runs.Select(run => new RunBlockSource(run, 0, pool.Task, CancellationToken.None))],
            2, pool.Task, store, null, CancellationToken.None))
        {
            for (; merger.MoveNext(); merged++)
            {
                Assert.Equal((byte)merged, merger.Record[0]);
            }
        }

        Array.ForEach(runs, run => run.Dispose());
        Assert.Equal(Count, merged);
        Assert.InRange(Assert.Single(store.Files).Bytes.Length, Length, 3 * Length);

        SortedRun RunOf(int first)
        {
            using WriteMemory memory = new(pool.Task, 1, null, CancellationToken.None);
            using SpillFileWriter writer = new(files, "run", memory, new PartitionTable(new RecordSum[1]));
            for (int i = first; i < Count; i += 2)
            {
                writer.Blocks.Append([(byte)i], new byte[Length - 1]);
            }

            return writer.Finish();
        }
    }

    private static List<string> Merge(int segmentSize, Func<ISpillStore, ISpillStore> faulty)
    {
        using TestPool pool = new(40, segmentSize);
        MemoryStore files = new();
        ISpillStore store = faulty(files);
        SortedRun[] runs = [.. Records.Select(record => Run(pool, files, record))];
        List<string> merged = [];
        try
        {
            using RunMerger merger = new(
                [.. runs.Select(run => new RunBlockSource(run, 0, pool.Task, CancellationToken.None))],
                4, pool.Task, store, null, CancellationToken.None);
            while (merger.MoveNext())
            {
                merged.Add(Convert.ToHexString(merger.Record));
            }
        }
        finally
        {
            Array.ForEach(runs, run => run.Dispose());
            Assert.Equal(0, files.LiveFiles);
        }

        return merged;
    }

    private static SortedRun Run(TestPool pool, ISpillStore store, TestRecord record)
    {
        using WriteMemory memory = new(pool.Task, 1, null, CancellationToken.None);
        using SpillFileWriter writer = new(store, "run", memory, new PartitionTable(new RecordSum[1]));
        writer.Blocks.Append(record.Key, record.Value);
        return writer.Finish();
    }
}
