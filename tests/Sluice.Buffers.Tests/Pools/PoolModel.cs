namespace Sluice.Buffers.Tests;

/// <summary>
/// The rules of lending, said as plainly as possible: nothing is summed up in advance, nothing is remembered twice.
/// </summary>
internal sealed class PoolModel(int total)
{
    public List<Share> Shares { get; } = [];

    public List<Waiting> Line { get; } = [];

    public int Free => total - Shares.Sum(share => share.Lent);

    public int Guaranteed => Shares.Sum(share => share.Minimum);

    /// <summary>Whether a buffer can be had now; a claim is made when not.</summary>
    public bool TryTake(Share share)
    {
        if (MayTake(share))
        {
            share.Lent++;
            share.IsClaiming &= share.Lent < share.Minimum;
            return true;
        }

        share.IsClaiming |= share.Lent < share.Minimum;
        return false;
    }

    /// <summary>A copy is asked again and again, so the copy's claims are not ours.</summary>
    public int Available(Share share)
    {
        var copy = new PoolModel(total);
        copy.Shares.AddRange(Shares.Select(other => other.Copy()));
        Share own = copy.Shares[Shares.IndexOf(share)];
        int count = 0;
        while (copy.TryTake(own))
        {
            count++;
        }

        return count;
    }

    /// <summary>Serves the line; returns who got a buffer, in that order.</summary>
    public List<Waiting> Serve()
    {
        var served = new List<Waiting>();
        while (Next() is { } next)
        {
            Line.Remove(next);
            TryTake(next.Share);
            served.Add(next);
        }

        return served;
    }

    private Waiting? Next() =>
        Line.Find(waiting => waiting.Share.Lent < waiting.Share.Minimum && MayTake(waiting.Share))
        ?? Line.Find(waiting => MayTake(waiting.Share));

    private bool MayTake(Share share)
    {
        if (Free == 0 || share.Lent >= share.Maximum || share.IsDestroyed)
        {
            return false;
        }

        if (share.Lent < share.Minimum)
        {
            return true;
        }

        int claimed = Shares.Where(other => other.IsClaiming).Sum(other => other.Lacks);
        int lacking = Shares.Sum(other => other.Lacks);
        int canComeBack = Shares.Where(other => other.CanGiveBack).Sum(other => Math.Max(0, other.Lent - other.Minimum));
        int afterwards = Free - 1;
        return afterwards >= claimed && afterwards + canComeBack + (share.CanGiveBack ? 1 : 0) >= lacking;
    }

    internal sealed class Share
    {
        public required int Minimum { get; set; }

        public required int Maximum { get; init; }

        public int Lent { get; set; }

        public bool CanGiveBack { get; set; }

        public bool IsClaiming { get; set; }

        public bool IsDestroyed { get; set; }

        public int Lacks => Math.Max(0, Minimum - Lent);

        public Share Copy() => (Share)MemberwiseClone();
    }

    internal sealed record Waiting(Share Share, int Number);
}
