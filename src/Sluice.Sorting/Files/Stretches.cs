namespace Sluice.Sorting;

/// <summary>Stretches of a file; those that touch are one.</summary>
/// <remarks>They grow at their ends as the file is written. Threading: one at a time.</remarks>
internal sealed class Stretches
{
    // In order, apart from each other: start, end.
    private readonly SortedList<long, long> _ends = [];

    /// <summary>Bytes of all of them.</summary>
    public long Length { get; private set; }

    /// <summary>Adds one that overlaps no other.</summary>
    public void Add(long start, long length)
    {
        if (length <= 0)
        {
            return;
        }

        Length += length;
        long end = start + length;
        if (_ends.Remove(end, out long endOfNext))
        {
            end = endOfNext;
        }

        int before = CountUpTo(start) - 1;
        if (before >= 0 && _ends.GetValueAtIndex(before) == start)
        {
            _ends.SetValueAtIndex(before, end);
        }
        else
        {
            _ends.Add(start, end);
        }
    }

    /// <summary>Where the stretch ends that holds a place; the place itself when none does.</summary>
    public long EndAt(long place)
    {
        int before = CountUpTo(place) - 1;
        return before < 0 ? place : Math.Max(place, _ends.GetValueAtIndex(before));
    }

    // How many start at a place or before it.
    private int CountUpTo(long place)
    {
        int low = 0;
        int high = _ends.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_ends.GetKeyAtIndex(middle) <= place)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
