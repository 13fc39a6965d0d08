namespace Sluice.Client;

/// <summary>Goes through the records of equal length in a range.</summary>
internal static class FixedScanner
{
    private const int RecordLength = GensortGenerator.RecordLength;

    public static RangeSummary Scan(VerifyRange range, VerifyOptions options, RecordKey key, VerifyProgress progress)
    {
        RangeSummary summary = new(range);
        using RangeReader reader = new(range, range.Start, progress);
        byte[] buffer = new byte[Math.Max(1, options.BufferBytes / RecordLength) * RecordLength];
        byte[] previous = new byte[RecordLength];
        bool hasPrevious = false;
        while (reader.Offset < range.End)
        {
            long start = reader.Offset;
            Span<byte> records = buffer.AsSpan(0, (int)Math.Min(buffer.Length, range.End - start));
            for (int filled = 0; filled < records.Length;)
            {
                filled += reader.Read(records[filled..]);
            }

            if (hasPrevious)
            {
                summary.Note(key.Of(previous).SequenceCompareTo(key.Of(records[..RecordLength])), start);
            }

            AddRecords(summary, key, records, start);
            records[^RecordLength..].CopyTo(previous);
            hasPrevious = true;
        }

        summary.First = new RecordPlace(range.File, range.Start, RecordLength);
        summary.Last = new RecordPlace(range.File, range.End - RecordLength, RecordLength);
        return summary;
    }

    private static void AddRecords(RangeSummary summary, RecordKey key, ReadOnlySpan<byte> records, long start)
    {
        ReadOnlySpan<byte> previousKey = key.Of(records[..RecordLength]);
        summary.Add(Crc32.Compute(records[..RecordLength]));
        for (int offset = RecordLength; offset < records.Length; offset += RecordLength)
        {
            ReadOnlySpan<byte> record = records.Slice(offset, RecordLength);
            ReadOnlySpan<byte> currentKey = key.Of(record);
            summary.Note(previousKey.SequenceCompareTo(currentKey), start + offset);
            summary.Add(Crc32.Compute(record));
            previousKey = currentKey;
        }
    }
}
