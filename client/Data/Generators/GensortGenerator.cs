namespace Sluice.Client;

/// <summary>Writes the records of the public sort generator ("gensort"), byte for byte.</summary>
/// <remarks>
/// Any range of records can be made at once, so several threads make blocks of it, which are written in order.
/// </remarks>
public static class GensortGenerator
{
    /// <summary>Bytes of every record.</summary>
    public const int RecordLength = 100;

    /// <summary>Bytes at a record's beginning that are its key.</summary>
    public const int KeyLength = 10;

    /// <summary>
    /// Writes the records to a file, which appears, or replaces an older one, only when it is complete.
    /// </summary>
    /// <param name="path">The file; a device or a pipe is written to directly.</param>
    /// <param name="options">Which records.</param>
    /// <param name="progress">Told the bytes written so far, from several threads, in ascending order.</param>
    /// <param name="cancellationToken">Ends the work and leaves the path as it was.</param>
    /// <exception cref="ArgumentOutOfRangeException">The options are out of range.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static GeneratedData Write(
        string path,
        GensortOptions options,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default) =>
        WholeFile.Write(path, overwrite: true, output => Write(output, options, progress, cancellationToken));

    /// <summary>Writes the records to a stream, about a megabyte a write; does not flush or close it.</summary>
    /// <inheritdoc cref="Write(string, GensortOptions, IProgress{long}?, CancellationToken)"/>
    public static GeneratedData Write(
        Stream output,
        GensortOptions options,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        OrderedBlockWriter writer = new(output, GensortBlocks.CountBlocks(options), progress, cancellationToken);
        UInt128 checksum = writer.Run(options.Parallelism, () => new GensortBlocks(options));
        return new GeneratedData(options.Records, writer.BytesWritten, checksum);
    }
}
