using Microsoft.Win32.SafeHandles;

namespace Sluice.Client;

/// <summary>A range of a file that one thread verifies: the records that start in it.</summary>
/// <param name="File">The file's path.</param>
/// <param name="FileIndex">The file's number in the order given.</param>
/// <param name="Start">The range's first byte.</param>
/// <param name="End">The byte after its last one.</param>
/// <param name="FileLength">The file's length when the ranges were cut.</param>
internal sealed record VerifyRange(string File, int FileIndex, long Start, long End, long FileLength)
{
    /// <summary>Cuts all files; an empty file has no range.</summary>
    /// <exception cref="InvalidDataException">A gensort file's length is not a multiple of the record's.</exception>
    /// <exception cref="IOException">A file is missing or cannot be opened.</exception>
    public static List<VerifyRange> Cut(IReadOnlyList<string> files, VerifyOptions options)
    {
        List<VerifyRange> ranges = [];
        long size = options.RangeBytes;
        if (options.Format == VerifyFormat.Gensort)
        {
            size = Math.Max(1, size / GensortGenerator.RecordLength) * GensortGenerator.RecordLength;
        }

        for (int i = 0; i < files.Count; i++)
        {
            long length = LengthOf(files[i]);
            if (options.Format == VerifyFormat.Gensort && length % GensortGenerator.RecordLength != 0)
            {
                throw new InvalidDataException(
                    $"'{files[i]}' has {length} bytes, which is not a multiple of {GensortGenerator.RecordLength}: "
                    + $"its last record has only {length % GensortGenerator.RecordLength}.");
            }

            for (long start = 0; start < length; start += size)
            {
                ranges.Add(new VerifyRange(files[i], i, start, Math.Min(length, start + size), length));
            }
        }

        return ranges;
    }

    private static long LengthOf(string file)
    {
        using SafeFileHandle handle = System.IO.File.OpenHandle(file);
        return RandomAccess.GetLength(handle);
    }
}
