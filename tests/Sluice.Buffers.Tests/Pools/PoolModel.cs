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

    public void Resize(Share share, int minimum, int maximum)
    {
        (share.Minimum, share.Maximum) = (minimum, maximum);
        share.IsClaiming = share.Lacks > 0
            && (share.IsClaiming || (share.Lent < maximum && Line.Exists(waiting => waiting.Share == share)));
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

    /// <summary>What each live share may count on beyond its minimum, handed out one segment at a time.</summary>
    private Dictionary<Share, int> Parts()
    {
        Share[] live = [.. Shares.Where(share => !share.IsDestroyed)];
        Dictionary<Share, int> parts = live.ToDictionary(share => share, _ => 0);
        int left = Math.Max(0, total - Guaranteed - Shares.Where(share => share.IsDestroyed).Sum(share => share.Lent));
        while (left > 0 && live.Where(share => parts[share] < Wants(share)).ToList() is { Count: > 0 } hungry)
        {
            // The least served first; of equals the one that wants most, and of those the first.
            parts[hungry.OrderBy(share => parts[share]).ThenByDescending(Wants).First()]++;
            left--;
        }

        return parts;

        int Wants(Share share) => Math.Max(
            0, Math.Min(share.Lent + Line.Count(waiting => waiting.Share == share), share.Maximum) - share.Minimum);
    }

    private Waiting? Next()
    {
        Dictionary<Share, int> parts = Parts();
        return Line.Find(waiting => waiting.Share.Lent < waiting.Share.Minimum && MayTake(waiting.Share))
            ?? Line.Find(waiting => MayTake(waiting.Share) && parts.TryGetValue(waiting.Share, out int part)
                && Math.Max(0, waiting.Share.Lent - waiting.Share.Minimum) < part)
            ?? Line.Find(waiting => MayTake(waiting.Share));
    }

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
        int canComeBack = Shares.Where(other => other.CanGiveBack).Sum(
            other => Math.Max(0, other.Lent - other.Minimum));
        int afterwards = Free - 1;
        return afterwards >= claimed && afterwards + canComeBack + (share.CanGiveBack ? 1 : 0) >= lacking;
    }

    internal sealed class Share
    {
        public required int Minimum { get; set; }

        public required int Maximum { get; set; }

        public int Lent { get; set; }

        public bool CanGiveBack { get; set; }

        public bool IsClaiming { get; set; }

        public bool IsDestroyed { get; set; }

        public int Lacks => Math.Max(0, Minimum - Lent);

        public Share Copy() => (Share)MemberwiseClone();
    }

    internal sealed record Waiting(Share Share, int Number);
}
