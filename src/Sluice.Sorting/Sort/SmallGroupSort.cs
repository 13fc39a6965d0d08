using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sluice.Sorting;

/// <summary>Sorts a few record entries: by their prefixes, and then those that tie by more of their keys.</summary>
/// <remarks>
/// An entry's place is the number of smaller prefixes: counted several entries at a time, without a branch that
/// depends on the keys, where insertion would be mispredicted for nearly each of them. A key is read once for every
/// eight bytes in which the group differs, not for every comparison. Stable. Threading: one thread.
/// </remarks>
internal sealed class SmallGroupSort
{
    /// <summary>A larger group is sorted by digits.</summary>
    public const int Most = 40;

    // So few ties are compared at once.
    private const int FewTies = 3;

    // Fewer are inserted sooner than counted.
    private const int FewestCounted = 5;

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
        if (group.Length < FewestCounted || !Vector256.IsHardwareAccelerated || !TryPlaceByPrefix(group))
        {
            InsertByPrefix(group);
        }

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

    // False where they are of several partitions.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool TryPlaceByPrefix(Span<RecordEntry> group)
    {
        Debug.Assert(group.Length <= Most, "The group has room here.");
        Span<ulong> prefixes = stackalloc ulong[Most];
        int partitions = 0;
        for (int i = 0; i < group.Length; i++)
        {
            prefixes[i] = group[i].Prefix;
            partitions |= group[i].Partition ^ group[0].Partition;
        }

        if (partitions != 0)
        {
            return false;
        }

        Span<ulong> smaller = stackalloc ulong[Most];
        CountSmaller(prefixes, smaller, group.Length);
        Span<RecordEntry> arrived = stackalloc RecordEntry[Most];
        group.CopyTo(arrived);
        Span<byte> equalBefore = stackalloc byte[Most];
        equalBefore.Clear();
        for (int i = 0; i < group.Length; i++)
        {
            int rank = (int)smaller[i];
            group[rank + equalBefore[rank]++] = arrived[i];
        }

        return true;
    }

    // Of each of the first so many prefixes; what stands behind them in the target is of no use.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CountSmaller(Span<ulong> prefixes, Span<ulong> smaller, int count)
    {
        ref ulong first = ref MemoryMarshal.GetReference(prefixes);
        ref ulong target = ref MemoryMarshal.GetReference(smaller);
        for (int i = 0; i < count; i += 2 * Vector256<ulong>.Count)
        {
            nuint left = (nuint)i;
            nuint right = left + (nuint)Vector256<ulong>.Count;
            Vector256<ulong> lefts = Vector256.LoadUnsafe(ref first, left);
            Vector256<ulong> rights = Vector256.LoadUnsafe(ref first, right);
            Vector256<ulong> leftCounts = default;
            Vector256<ulong> rightCounts = default;
            for (int j = 0; j < count; j++)
            {
                // A comparison that holds is all ones: minus one.
                Vector256<ulong> other = Vector256.Create(Unsafe.Add(ref first, j));
                leftCounts -= Vector256.LessThan(other, lefts);
                rightCounts -= Vector256.LessThan(other, rights);
            }

            leftCounts.StoreUnsafe(ref target, left);
            rightCounts.StoreUnsafe(ref target, right);
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
