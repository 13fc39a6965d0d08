namespace Sluice.Client.Tests;

/// <summary>The verifier, naively: all records in a list, each compared with the one before.</summary>
internal static class VerifierModel
{
    public static VerifyReport Verify(IReadOnlyList<(string Name, byte[] Bytes)> files, VerifyOptions options)
    {
        long records = 0;
        long unordered = 0;
        long duplicates = 0;
        UInt128 checksum = 0;
        UnorderedPlace? first = null;
        byte[]? previous = null;
        foreach ((string name, byte[] bytes) in files)
        {
            long number = 0;
            foreach ((int offset, byte[] record) in Cut(bytes, options.Format))
            {
                byte[] key = Key(record, options);
                int order = previous is null ? -1 : previous.AsSpan().SequenceCompareTo(key);
                if (order > 0)
                {
                    unordered++;
                    first ??= new UnorderedPlace(name, number, offset);
                }

                duplicates += order == 0 ? 1 : 0;
                byte[] summed = options.Format == VerifyFormat.Lines ? [.. record, (byte)'\n'] : record;
                checksum += Crc32.AppendByTables(0, summed);
                previous = key;
                number++;
            }

            records += number;
        }

        return new VerifyReport
        {
            Files = files.Count,
            Records = records,
            Bytes = files.Sum(file => file.Bytes.Length),
            Unordered = unordered,
            FirstUnordered = first,
            DuplicateKeys = duplicates,
            Checksum = checksum,
        };
    }

    private static byte[] Key(byte[] record, VerifyOptions options)
    {
        int? length = options.KeyLength ?? (options.Format == VerifyFormat.Gensort ? 10 - options.KeyOffset : null);
        IEnumerable<byte> key = record.Skip(options.KeyOffset);
        return [.. length is null ? key : key.Take(length.Value)];
    }

    private static IEnumerable<(int Offset, byte[] Record)> Cut(byte[] bytes, VerifyFormat format)
    {
        int offset = 0;
        while (offset < bytes.Length)
        {
            int newline = Array.IndexOf(bytes, (byte)'\n', offset);
            int end = format == VerifyFormat.Gensort ? offset + 100 : newline < 0 ? bytes.Length : newline;
            yield return (offset, bytes[offset..end]);
            offset = format == VerifyFormat.Gensort ? end : end + 1;
        }
    }
}
