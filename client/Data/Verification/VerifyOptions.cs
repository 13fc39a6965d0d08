namespace Sluice.Client;

/// <summary>What <see cref="SortVerifier"/> takes for a record and for its key.</summary>
public sealed record VerifyOptions
{
    /// <summary>How the files are cut into records.</summary>
    public VerifyFormat Format { get; init; } = VerifyFormat.Lines;

    /// <summary>First byte of the key in the record, from 0; a record that ends before it has the empty key.</summary>
    public int KeyOffset { get; init; }

    /// <summary>
    /// Bytes of the key, fewer where the record ends; null means up to the record's end, or up to byte 10 for gensort.
    /// </summary>
    public int? KeyLength { get; init; }

    /// <summary>Threads that read; the report does not depend on it.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>Bytes that each thread reads at a time and holds; longer lines are streamed through them.</summary>
    public int BufferBytes { get; init; } = 1 << 20;

    /// <summary>Bytes of a file that one thread verifies at a time, less than 4 GiB.</summary>
    public long RangeBytes { get; init; } = 64_000_000;

    /// <exception cref="ArgumentOutOfRangeException">A number is negative, a range is too long, or no thread, no room
    /// or no range is left.</exception>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(KeyOffset);
        ArgumentOutOfRangeException.ThrowIfNegative(KeyLength ?? 0, nameof(KeyLength));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Parallelism);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(BufferBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(RangeBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(RangeBytes, uint.MaxValue);
    }
}
