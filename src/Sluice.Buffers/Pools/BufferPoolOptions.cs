namespace Sluice.Buffers;

/// <summary>One owner's share of a <see cref="NetworkBufferPool"/>.</summary>
public sealed record BufferPoolOptions
{
    /// <summary>Who holds the buffers, as messages name it: job, stage, task, attempt, channel.</summary>
    public required string Owner { get; init; }

    /// <summary>What its owner is one of, for measurements: one of a few names, not one for each owner.</summary>
    public string Group { get; init; } = "other";

    /// <summary>
    /// Buffers it gets in any case, if need be after others have given back what they hold beyond their own minimum.
    /// </summary>
    public required int Minimum { get; init; }

    /// <summary>Buffers it gets at most, from what is spare.</summary>
    public required int Maximum { get; init; }

    /// <summary>
    /// Buffers that requests in the middle of a record may take beyond the maximum; 0 makes such a request wait.
    /// </summary>
    public int Overdraft { get; init; }

    /// <summary>How many subpartitions the quota is counted for; 0 for none.</summary>
    public int Subpartitions { get; init; }

    /// <summary>Buffers that one subpartition holds at most, strictly.</summary>
    public int MaximumPerSubpartition { get; init; } = int.MaxValue;

    /// <summary>Sees the lives of this pool's buffers, in place of the hook of the whole pool.</summary>
    public IBufferLifecycle? Lifecycle { get; init; }

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Owner);
        ValidateSizes(Minimum, Maximum);
        ArgumentOutOfRangeException.ThrowIfNegative(Overdraft);
        ArgumentOutOfRangeException.ThrowIfNegative(Subpartitions);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaximumPerSubpartition);
        if (Subpartitions == 0 && MaximumPerSubpartition != int.MaxValue)
        {
            throw new ArgumentException(
                $"'{Owner}' has a quota of {MaximumPerSubpartition} per subpartition but no subpartitions.",
                nameof(MaximumPerSubpartition));
        }
    }

    internal static void ValidateSizes(int minimum, int maximum)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(minimum);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximum, Math.Max(1, minimum));
    }
}
