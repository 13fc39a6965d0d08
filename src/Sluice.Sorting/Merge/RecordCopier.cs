namespace Sluice.Sorting;

/// <summary>Writes the records of a merge into a partition, folded by a combiner when there is one.</summary>
internal static class RecordCopier
{
    /// <returns>How many records were read.</returns>
    /// <exception cref="OperationCanceledException">Cancelled between two keys.</exception>
    public static long Copy(
        IRecordReader reader,
        Combiner? combiner,
        KeyComparison? comparison,
        BlockWriter blocks,
        CancellationToken cancellation)
    {
        if (combiner is not null)
        {
            MergeGroup group = new(reader, comparison);
            CombinerOutput output = new(combiner, group, blocks);
            while (group.NextGroup())
            {
                cancellation.ThrowIfCancellationRequested();
                output.Combine();
            }

            return group.RecordCount;
        }

        long records = 0;
        for (; reader.MoveNext(); records++)
        {
            cancellation.ThrowIfCancellationRequested();
            blocks.Append(reader.Record, reader.KeyLength);
        }

        return records;
    }
}
