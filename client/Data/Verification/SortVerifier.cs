using System.Runtime.ExceptionServices;

namespace Sluice.Client;

/// <summary>
/// Reads sorted output again and reports order, records, duplicate keys and checksum, as valsort does.
/// </summary>
/// <remarks>
/// Files are cut into ranges, which threads verify independently; then the last record of each range is compared with
/// the first of the next, so the report is that of one reader. Memory: one buffer a thread, whatever the length of
/// files and lines.
/// </remarks>
public static class SortVerifier
{
    /// <summary>
    /// The files of an output directory in order: by name as bytes, those that begin with <c>_</c> or <c>.</c> skipped.
    /// </summary>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    public static IReadOnlyList<string> PartsOf(string directory)
    {
        List<string> parts = [];
        foreach (string file in Directory.EnumerateFiles(directory))
        {
            if (Path.GetFileName(file)[0] is not ('_' or '.'))
            {
                parts.Add(file);
            }
        }

        parts.Sort(StringComparer.Ordinal);
        return parts;
    }

    /// <summary>Verifies that the files, taken as one sequence in the order given, are sorted.</summary>
    /// <param name="files">Paths; empty files are legal.</param>
    /// <param name="options">Record and key.</param>
    /// <param name="progress">Told the bytes read so far, from several threads; a report may overtake another.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The report; out of order is a result, not an exception.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The options are out of range.</exception>
    /// <exception cref="InvalidDataException">A gensort file's length is not a multiple of 100.</exception>
    /// <exception cref="IOException">A file is missing, cannot be read, or became shorter meanwhile.</exception>
    public static VerifyReport Verify(
        IReadOnlyList<string> files,
        VerifyOptions options,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        RecordKey key = RecordKey.For(options);
        List<VerifyRange> ranges = VerifyRange.Cut(files, options);
        RangeSummary[] summaries = new RangeSummary[ranges.Count];
        VerifyProgress counter = new(progress, cancellationToken);
        ForEach(ranges.Count, options.Parallelism, i => summaries[i] = Scan(ranges[i], options, key, counter));
        return Join(files, summaries, key);
    }

    private static RangeSummary Scan(
        VerifyRange range, VerifyOptions options, RecordKey key, VerifyProgress progress) =>
        options.Format switch
        {
            VerifyFormat.Lines => LineScanner.Scan(range, options, key, progress),
            VerifyFormat.Gensort => FixedScanner.Scan(range, options, key, progress),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Format, "No such format."),
        };

    private static void ForEach(int count, int parallelism, Action<int> action)
    {
        try
        {
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = parallelism }, action);
        }
        catch (AggregateException exception)
        {
            // The first cause, as a single reader would have thrown it.
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }
    }

    private static VerifyReport Join(IReadOnlyList<string> files, RangeSummary[] summaries, RecordKey key)
    {
        RangeJoiner joiner = new(key);
        foreach (RangeSummary summary in summaries)
        {
            joiner.Add(summary);
        }

        return joiner.Report(files.Count);
    }
}
