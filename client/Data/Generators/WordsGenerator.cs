namespace Sluice.Client;

/// <summary>
/// Writes lines of words from a fixed list of 32 768, the word of rank r with a frequency proportional to 1/r (Zipf
/// 1.0).
/// </summary>
/// <remarks>All arithmetic is on integers, so the bytes depend on the seed and the number of lines only.</remarks>
public static class WordsGenerator
{
    /// <summary>
    /// Writes the lines to a file, which appears, or replaces an older one, only when it is complete.
    /// </summary>
    /// <param name="path">The file; a device or a pipe is written to directly.</param>
    /// <param name="options">Which lines.</param>
    /// <param name="progress">Told the bytes written so far, from several threads, in ascending order.</param>
    /// <param name="cancellationToken">Ends the work and leaves the path as it was.</param>
    /// <exception cref="ArgumentOutOfRangeException">The options are out of range.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static GeneratedData Write(
        string path,
        WordsOptions options,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default) =>
        WholeFile.Write(path, overwrite: true, output => Write(output, options, progress, cancellationToken));

    /// <summary>Writes the lines to a stream, about half a megabyte a write; does not flush or close it.</summary>
    /// <inheritdoc cref="Write(string, WordsOptions, IProgress{long}?, CancellationToken)"/>
    public static GeneratedData Write(
        Stream output,
        WordsOptions options,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        WordSampler sampler = new(WordList.Build());
        OrderedBlockWriter writer = new(output, WordBlocks.CountBlocks(options), progress, cancellationToken);
        UInt128 checksum = writer.Run(options.Parallelism, () => new WordBlocks(options, sampler));
        return new GeneratedData(options.Records, writer.BytesWritten, checksum);
    }
}
