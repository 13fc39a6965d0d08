namespace Sluice.Sorting;

/// <summary>Stretches of a row, of a file's bytes for one; those that touch are one.</summary>
/// <remarks>Threading: one at a time.</remarks>
internal sealed class Stretches
{
    // In order, apart from each other.
    private readonly List<(long Start, long End)> _all = [];

    /// <summary>Adds one that overlaps no other.</summary>
    public void Add(long start, long length)
    {
        if (length <= 0)
        {
            return;
        }

        long end = start + length;
        int at = CountUpTo(start);
        if (at < _all.Count && _all[at].Start == end)
        {
            end = _all[at].End;
            _all.RemoveAt(at);
        }

        if (at > 0 && _all[at - 1].End == start)
        {
            _all[at - 1] = (_all[at - 1].Start, end);
        }
        else
        {
            _all.Insert(at, (start, end));
        }
    }

    /// <summary>Takes <paramref name="length"/> from the front of the first that has as much; false when none
    /// has.</summary>
    public bool TryTake(long length, out long start)
    {
        int at = _all.FindIndex(stretch => stretch.End - stretch.Start >= length);
        start = at < 0 ? 0 : _all[at].Start;
        if (at < 0)
        {
            return false;
        }

        if (_all[at].End == start + length)
        {
            _all.RemoveAt(at);
        }
        else
        {
            _all[at] = (start + length, _all[at].End);
        }

        return true;
    }

    /// <summary>Takes all, in order.</summary>
    public (long Start, long End)[] TakeAll()
    {
        (long Start, long End)[] all = [.. _all];
        _all.Clear();
        return all;
    }

    /// <summary>Takes the one that ends at a place, if one does; returns where it starts, or the place.</summary>
    public long TakeBefore(long end)
    {
        int at = CountUpTo(end) - 1;
        if (at < 0 || _all[at].End != end)
        {
            return end;
        }

        long start = _all[at].Start;
        _all.RemoveAt(at);
        return start;
    }

    /// <summary>Whether a place from <paramref name="start"/> on and before <paramref name="end"/> lies in one of
    /// them.</summary>
    public bool Overlap(long start, long end)
    {
        int before = CountUpTo(end - 1) - 1;
        return start < end && before >= 0 && _all[before].End > start;
    }

    /// <summary>How much of what starts at <paramref name="start"/> and ends before <paramref name="end"/> lies in
    /// them.</summary>
    public long LengthWithin(long start, long end)
    {
        long length = 0;
        for (int i = CountUpTo(end - 1) - 1; i >= 0 && _all[i].End > start; i--)
        {
            length += Math.Min(end, _all[i].End) - Math.Max(start, _all[i].Start);
        }

        return length;
    }

    /// <summary>Where the stretch ends that holds a place; the place itself when none does.</summary>
    public long EndAt(long place)
    {
        int before = CountUpTo(place) - 1;
        return before < 0 ? place : Math.Max(place, _all[before].End);
    }

    // How many start at a place or before it.
    private int CountUpTo(long place) => ~_all.BinarySearch((place, long.MaxValue));
}
