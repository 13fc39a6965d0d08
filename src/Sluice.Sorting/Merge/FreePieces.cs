namespace Sluice.Sorting;

/// <summary>Shares out a row of pieces: each taken range lies where the first gap has room for it.</summary>
/// <remarks>
/// Gaps are few, not more than ranges that are taken: they are looked through one by one. Threading: one thread.
/// </remarks>
internal sealed class FreePieces
{
    // Ascending; neighbours are one, and none touches the end.
    private readonly List<(int Start, int Count)> _gaps = [];

    /// <summary>The piece behind the last that is taken.</summary>
    public int End { get; private set; }

    /// <summary>Takes <paramref name="count"/> pieces in a row; returns the first.</summary>
    public int Take(int count)
    {
        int gap = _gaps.FindIndex(gap => gap.Count >= count);
        if (gap < 0)
        {
            int behind = End;
            End += count;
            return behind;
        }

        (int start, int room) = _gaps[gap];
        if (room == count)
        {
            _gaps.RemoveAt(gap);
        }
        else
        {
            _gaps[gap] = (start + count, room - count);
        }

        return start;
    }

    /// <summary>Gives back a range that was taken.</summary>
    public void GiveBack(int start, int count)
    {
        int place = _gaps.FindIndex(gap => gap.Start > start);
        place = place < 0 ? _gaps.Count : place;
        if (place < _gaps.Count && _gaps[place].Start == start + count)
        {
            count += _gaps[place].Count;
            _gaps.RemoveAt(place);
        }

        if (place > 0 && _gaps[place - 1].Start + _gaps[place - 1].Count == start)
        {
            place--;
            (start, count) = (_gaps[place].Start, _gaps[place].Count + count);
            _gaps.RemoveAt(place);
        }

        if (start + count == End)
        {
            End = start;
        }
        else
        {
            _gaps.Insert(place, (start, count));
        }
    }
}
