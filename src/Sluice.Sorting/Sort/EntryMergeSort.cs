namespace Sluice.Sorting;

/// <summary>Sorts entries by comparing keys, bottom up and stable; entries that are in order already cost one
/// look.</summary>
internal sealed class EntryMergeSort
{
    private readonly IKeySource _keys;

    /// <param name="keys">The keys of the entries that will be sorted.</param>
    public EntryMergeSort(IKeySource keys)
    {
        _keys = keys;
    }

    /// <summary>Copies [from, to) to the same places.</summary>
    public static void Copy(EntryTable source, EntryTable target, long from, long to)
    {
        for (long index = from; index < to; index++)
        {
            target[index] = source[index];
        }
    }

    /// <summary>Sorts [from, to) of <paramref name="source"/> by its keys from <paramref name="depth"/> on.</summary>
    /// <param name="source">The entries; all of one partition.</param>
    /// <param name="other">Room for as many at the same places.</param>
    /// <param name="from">The first.</param>
    /// <param name="to">Behind the last.</param>
    /// <param name="resultInOther">Where the result stands.</param>
    /// <param name="depth">Bytes of the keys that are known to be equal.</param>
    public void Sort(EntryTable source, EntryTable other, long from, long to, bool resultInOther, int depth)
    {
        bool inSource = IsSorted(source, from, to, depth) || SortInTurns(source, other, from, to, depth);
        if (inSource && resultInOther)
        {
            Copy(source, other, from, to);
        }
        else if (!inSource && !resultInOther)
        {
            Copy(other, source, from, to);
        }
    }

    // Runs of twice the width go from one table to the other; tells whether the last turn ended in the source.
    private bool SortInTurns(EntryTable source, EntryTable other, long from, long to, int depth)
    {
        bool inSource = true;
        for (long width = 1; width < to - from; width *= 2)
        {
            EntryTable left = inSource ? source : other;
            EntryTable right = inSource ? other : source;
            for (long start = from; start < to; start += 2 * width)
            {
                Merge(left, right, start, Math.Min(start + width, to), Math.Min(start + (2 * width), to), depth);
            }

            inSource = !inSource;
        }

        return inSource;
    }

    private bool IsSorted(EntryTable table, long from, long to, int depth)
    {
        for (long index = from + 1; index < to; index++)
        {
            if (_keys.Compare(table[index - 1].Number, table[index].Number, depth) > 0)
            {
                return false;
            }
        }

        return true;
    }

    private void Merge(EntryTable source, EntryTable target, long start, long middle, long end, int depth)
    {
        long left = start;
        long right = middle;
        for (long index = start; index < end; index++)
        {
            bool takeLeft = left < middle &&
                (right == end || _keys.Compare(source[left].Number, source[right].Number, depth) <= 0);
            target[index] = takeLeft ? source[left++] : source[right++];
        }
    }
}
