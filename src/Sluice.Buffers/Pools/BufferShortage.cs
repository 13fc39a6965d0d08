namespace Sluice.Buffers;

/// <summary>What a request that got nothing has found.</summary>
internal sealed record BufferShortage
{
    public required string Requester { get; init; }

    /// <summary>Or <see cref="PoolShare.NoSubpartition"/>.</summary>
    public required int Subpartition { get; init; }

    public required int LentToSubpartition { get; init; }

    public required int MaximumPerSubpartition { get; init; }

    public required int Lent { get; init; }

    public required int Minimum { get; init; }

    public required int Maximum { get; init; }

    public required int Free { get; init; }

    public required int Total { get; init; }

    public required IReadOnlyList<BufferHolder> Holders { get; init; }

    private bool HasSubpartition => Subpartition != PoolShare.NoSubpartition;

    public string Describe(TimeSpan timeout)
    {
        string what = HasSubpartition ? $"no buffer for subpartition {Subpartition}" : "no buffer";
        string quota = HasSubpartition
            ? $", {LentToSubpartition} of at most {MaximumPerSubpartition} for this subpartition"
            : "";
        return FormattableString.Invariant(
            $"'{Requester}' got {what} within {timeout.TotalMilliseconds:0.###} ms: it holds {Lent}{quota} ")
            + $"(minimum {Minimum}, maximum {Maximum}), {Free} of {Total} are free; "
            + $"{BufferHolder.Describe(Holders)}. {Advice()}";
    }

    private string Advice()
    {
        if (HasSubpartition && LentToSubpartition >= MaximumPerSubpartition)
        {
            return $"Raise {nameof(BufferPoolOptions)}.{nameof(BufferPoolOptions.MaximumPerSubpartition)} "
                + $"({MaximumPerSubpartition}), or read the subpartition faster.";
        }

        if (Lent >= Maximum)
        {
            return $"Raise {nameof(BufferPoolOptions)}.{nameof(BufferPoolOptions.Maximum)} ({Maximum}), or allow an "
                + $"{nameof(BufferPoolOptions.Overdraft)} where a record must not wait.";
        }

        return $"Raise {nameof(NetworkBufferPoolOptions)}.{nameof(NetworkBufferPoolOptions.SegmentCount)} ({Total}) "
            + $"or {nameof(BufferPoolOptions)}.{nameof(BufferPoolOptions.Minimum)} ({Minimum}), "
            + "or run fewer tasks at once.";
    }
}
