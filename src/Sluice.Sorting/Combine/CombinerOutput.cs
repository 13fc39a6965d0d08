namespace Sluice.Sorting;

/// <summary>Takes what a combiner writes, and holds it to the key of the group: another key would break the
/// order.</summary>
internal sealed class CombinerOutput(Combiner combiner, RecordGroup group, IRecordOutput next) : IRecordOutput
{
    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The record has another key than the group.</exception>
    public void Append(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        ThrowIfOther(key);
        next.Append(key, value);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The record has another key than the group.</exception>
    public void Append(ReadOnlySpan<byte> key, RecordView value)
    {
        ThrowIfOther(key);
        next.Append(key, value);
    }

    /// <summary>Combines the group at hand.</summary>
    public void Combine() => combiner.Combine(group, this);

    private void ThrowIfOther(ReadOnlySpan<byte> key)
    {
        if (!key.SequenceEqual(group.Key))
        {
            throw new InvalidOperationException(
                $"{combiner.GetType().Name} wrote a record under another key: expected {Shown(group.Key)}, " +
                $"found {Shown(key)}.");
        }
    }

    private static string Shown(ReadOnlySpan<byte> key)
    {
        const int Most = 32;
        string hex = Convert.ToHexString(key[..Math.Min(key.Length, Most)]);
        return $"{hex}{(key.Length > Most ? "..." : "")} ({key.Length} bytes)";
    }
}
