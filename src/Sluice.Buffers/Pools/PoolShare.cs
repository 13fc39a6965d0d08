using System.Diagnostics;

namespace Sluice.Buffers;

/// <summary>
/// The account of one local pool: what it is guaranteed, what it holds, who of it can be asked to give back.
/// </summary>
/// <remarks>
/// Guarded by the lock of the <see cref="NetworkBufferPool"/>; only <see cref="SegmentLedger"/> changes it. The
/// magazines are found and used without the lock.
/// </remarks>
internal sealed class PoolShare(BufferPoolOptions options, IBufferLifecycle? lifecycle)
{
    public const int NoSubpartition = -1;

    private readonly int[] _lentBySubpartition = new int[options.Subpartitions];
    private readonly Magazine?[] _magazines = new Magazine?[ThreadStripe.Count];

    public string Owner { get; } = options.Owner;

    public string Group { get; } = options.Group;

    public int Minimum { get; private set; } = options.Minimum;

    public int Maximum { get; private set; } = options.Maximum;

    /// <summary>How many it may hold beyond its maximum when asked for in the middle of a record.</summary>
    public int Overdraft { get; } = options.Overdraft;

    public int MaximumPerSubpartition { get; } = options.MaximumPerSubpartition;

    /// <summary>What is held, and what lies in magazines for it.</summary>
    public int Lent { get; private set; }

    public int Subpartitions => _lentBySubpartition.Length;

    public IBufferLifecycle? Lifecycle { get; } = lifecycle;

    /// <summary>It gets nothing more and is kept only until its last buffer is back.</summary>
    public bool IsDestroyed { get; private set; }

    /// <summary>It has asked in vain below its minimum; what it lacks is kept free for it until it has it.</summary>
    public bool IsClaiming { get; set; }

    public List<ReclaimRegistration> Reclaims { get; } = [];

    /// <summary>The magazine for this thread; null when none was needed yet.</summary>
    public Magazine? Magazine => _magazines[ThreadStripe.Current];

    /// <summary>What is guaranteed and not held.</summary>
    public int Shortfall => Math.Max(0, Minimum - Lent);

    public int ClaimedShortfall => IsClaiming ? Shortfall : 0;

    /// <summary>What is held beyond the guarantee.</summary>
    public int Excess => Math.Max(0, Lent - Minimum);

    /// <summary>What is held beyond the maximum: drawn over, or not yet back since the maximum was lowered.</summary>
    public int Overdrawn => Math.Max(0, Lent - Maximum);

    public int ReclaimableExcess => Reclaims.Count == 0 ? 0 : Excess;

    public int LentTo(int subpartition) => _lentBySubpartition[subpartition];

    /// <summary>Whether maximum and quota allow one more.</summary>
    public bool HasRoom(int subpartition) => Lent < Maximum && IsWithinQuota(subpartition);

    /// <summary>Whether maximum, overdraft and quota allow one more.</summary>
    public bool HasRoomWithOverdraft(int subpartition) => Lent - Maximum < Overdraft && IsWithinQuota(subpartition);

    public bool IsWithinQuota(int subpartition) =>
        subpartition == NoSubpartition || _lentBySubpartition[subpartition] < MaximumPerSubpartition;

    public void Count(int subpartition, int change)
    {
        Lent += change;
        Debug.Assert(Lent >= 0, "No more comes back than was lent.");
        if (subpartition != NoSubpartition)
        {
            _lentBySubpartition[subpartition] += change;
            Debug.Assert(_lentBySubpartition[subpartition] >= 0, "No more comes back than the subpartition was lent.");
        }
    }

    public void Resize(int minimum, int maximum)
    {
        Minimum = minimum;
        Maximum = maximum;
        IsClaiming &= Shortfall > 0;
    }

    public void End()
    {
        Resize(0, Maximum);
        IsDestroyed = true;
        Reclaims.Clear();
    }

    /// <summary>The magazine for this thread. Under the pool's lock.</summary>
    public Magazine MakeMagazine()
    {
        ref Magazine? magazine = ref _magazines[ThreadStripe.Current];
        if (magazine is null)
        {
            Volatile.Write(ref magazine, new Magazine());
        }

        return magazine;
    }
}
