namespace Sluice.Buffers;

/// <summary>
/// The account of one local pool: what it is guaranteed, what it holds, who of it can be asked to give back.
/// </summary>
/// <remarks>
/// Guarded by the lock of the <see cref="NetworkBufferPool"/>; only <see cref="SegmentLedger"/> changes it.
/// </remarks>
internal sealed class PoolShare(BufferPoolOptions options, IBufferLifecycle? lifecycle)
{
    public const int NoSubpartition = -1;

    private readonly int[] _lentBySubpartition = new int[options.Subpartitions];

    public string Owner { get; } = options.Owner;

    public int Minimum { get; private set; } = options.Minimum;

    public int Maximum { get; } = options.Maximum;

    public int Lent { get; private set; }

    public int Subpartitions => _lentBySubpartition.Length;

    public IBufferLifecycle? Lifecycle { get; } = lifecycle;

    /// <summary>It gets nothing more and is kept only until its last buffer is back.</summary>
    public bool IsDestroyed { get; private set; }

    /// <summary>It has asked in vain below its minimum; what it lacks is kept free for it until it has it.</summary>
    public bool IsClaiming { get; set; }

    public List<ReclaimRegistration> Reclaims { get; } = [];

    /// <summary>What is guaranteed and not held.</summary>
    public int Shortfall => Math.Max(0, Minimum - Lent);

    public int ClaimedShortfall => IsClaiming ? Shortfall : 0;

    /// <summary>What is held beyond the guarantee.</summary>
    public int Excess => Math.Max(0, Lent - Minimum);

    public int ReclaimableExcess => Reclaims.Count == 0 ? 0 : Excess;

    /// <summary>Whether maximum and quota allow one more.</summary>
    public bool HasRoom(int subpartition) =>
        Lent < Maximum
        && (subpartition == NoSubpartition || _lentBySubpartition[subpartition] < options.MaximumPerSubpartition);

    public void Count(int subpartition, int change)
    {
        Lent += change;
        if (subpartition != NoSubpartition)
        {
            _lentBySubpartition[subpartition] += change;
        }
    }

    public void GiveUpMinimum()
    {
        Minimum = 0;
        IsClaiming = false;
    }

    public void End()
    {
        GiveUpMinimum();
        IsDestroyed = true;
        Reclaims.Clear();
    }
}
