using System.Runtime.ExceptionServices;

namespace Sluice.Sorting;

/// <summary>Takes what a combiner writes, and holds it to the key of the group: another key would break the
/// order.</summary>
/// <remarks>A record that could not be taken stops the merge or spill, also when the combiner goes on.</remarks>
internal sealed class CombinerOutput(Combiner combiner, RecordGroup group, IRecordOutput next) : IRecordOutput
{
    private ExceptionDispatchInfo? _failure;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The record has another key than the group.</exception>
    public void Append(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        try
        {
            ThrowIfOther(key);
            next.Append(key, value);
        }
        catch (Exception exception)
        {
            Remember(exception);
            throw;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The record has another key than the group.</exception>
    public void Append(ReadOnlySpan<byte> key, RecordView value)
    {
        try
        {
            ThrowIfOther(key);
            next.Append(key, value);
        }
        catch (Exception exception)
        {
            Remember(exception);
            throw;
        }
    }

    /// <summary>Combines the group at hand.</summary>
    public void Combine()
    {
        try
        {
            combiner.Combine(group, this);
        }
        catch when (_failure is not null)
        {
            // Thrown below as it was, whatever the combiner made of it.
        }

        _failure?.Throw();
    }

    private void Remember(Exception exception) => _failure ??= ExceptionDispatchInfo.Capture(exception);

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
