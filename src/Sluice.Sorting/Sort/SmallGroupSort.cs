using System.Runtime.CompilerServices;

namespace Sluice.Sorting;

/// <summary>Sorts a few record entries by insertion: by their prefixes, and then those that tie by more of their
/// keys.</summary>
/// <remarks>
/// A key is read once for every eight bytes in which the group differs, not for every comparison. Stable. Threading:
/// one thread.
/// </remarks>
internal sealed class SmallGroupSort
{
    /// <summary>A larger group is sorted by digits.</summary>
    public const int Most = 40;

    // So few ties are compared at once.
    private const int FewTies = 3;

    private readonly IKeySource _keys;
    private readonly bool _areBytes;

    /// <param name="keys">The keys of the entries that will be sorted.</param>
    public SmallGroupSort(IKeySource keys)
    {
        _keys = keys;
        _areBytes = keys.AreBytes;
    }

    /// <summary>Sorts entries by partition, prefix and key.</summary>
    /// <param name="group">At most <see cref="Most"/>, in order of arrival; their keys agree before
    /// <paramref name="depth"/>.</param>
    /// <param name="depth">Where in the keys the prefixes were read, bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Sort(Span<RecordEntry> group, int depth)
    {
        InsertByPrefix(group);
        for (int start = 0; start < group.Length;)
        {
            ref readonly RecordEntry first = ref group[start];
            int end = start + 1;
            while (end < group.Length && group[end].Prefix == first.Prefix && group[end].Partition == first.Partition)
            {
                end++;
            }

            if (end - start > 1)
            {
                SortTies(group[start..end], depth);
            }

            start = end;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void InsertByPrefix(Span<RecordEntry> group)
    {
        for (int i = 1; i < group.Length; i++)
        {
            RecordEntry entry = group[i];
            int place = i;
            while (place > 0 && IsBefore(in entry, in group[place - 1]))
            {
                group[place] = group[place - 1];
                place--;
            }

            group[place] = entry;
        }
    }

    private static bool IsBefore(in RecordEntry left, in RecordEntry right) =>
        left.Partition != right.Partition ? left.Partition < right.Partition : left.Prefix < right.Prefix;

    private void SortTies(Span<RecordEntry> ties, int depth)
    {
        if (!_areBytes || ties.Length <= FewTies)
        {
            InsertByKey(ties, depth);
            return;
        }

        KeyWords words = default;
        for (int next = depth + sizeof(ulong); words.Differences == 0 && ties.Length > 1;)
        {
            words = _keys.LoadWords(ties, next);
            if (words.Ended > 0)
            {
                MoveEndedFirst(ties, words.Ended);
                ties = ties[words.Ended..];
            }

            if (words.Differences != 0)
            {
                Sort(ties, next);
            }
            else if (ties.Length > 1)
            {
                next += Math.Max(_keys.CommonLength(ties, next, ties[0].Number), sizeof(ulong));
            }
        }
    }

    private void InsertByKey(Span<RecordEntry> ties, int depth)
    {
        for (int i = 1; i < ties.Length; i++)
        {
            RecordEntry entry = ties[i];
            int place = i;
            while (place > 0 && _keys.Compare(entry.Number, ties[place - 1].Number, depth) < 0)
            {
                ties[place] = ties[place - 1];
                place--;
            }

            ties[place] = entry;
        }
    }

    // Keys that end here differ in length at most (padding zeros against zero bytes): they go first, by length.
    [SkipLocalsInit]
    private static void MoveEndedFirst(Span<RecordEntry> ties, int ended)
    {
        Span<RecordEntry> longer = stackalloc RecordEntry[Most];
        int first = 0;
        int left = 0;
        foreach (RecordEntry entry in ties)
        {
            if (entry.Partition < 0)
            {
                ties[first++] = entry with { Partition = ~entry.Partition };
            }
            else
            {
                longer[left++] = entry;
            }
        }

        longer[..left].CopyTo(ties[ended..]);
        InsertByPrefix(ties[..ended]);
    }
}
