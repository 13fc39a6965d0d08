namespace Sluice.Sorting;

/// <summary>Shares out a row of pieces: each taken range lies where the first gap has room for it.</summary>
/// <remarks>Gaps are few, not more than ranges that are taken. Threading: one thread.</remarks>
internal sealed class FreePieces
{
    // None touches the end.
    private readonly Stretches _gaps = new();

    /// <summary>The piece behind the last that is taken.</summary>
    public int End { get; private set; }

    /// <summary>Takes <paramref name="count"/> pieces in a row; returns the first.</summary>
    public int Take(int count)
    {
        if (_gaps.TryTake(count, out long start))
        {
            return (int)start;
        }

        int behind = End;
        End += count;
        return behind;
    }

    /// <summary>Gives back a range that was taken.</summary>
    public void GiveBack(int start, int count)
    {
        _gaps.Add(start, count);
        End = (int)_gaps.TakeBefore(End);
    }
}
