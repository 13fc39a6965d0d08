using System.Numerics;
using System.Runtime.CompilerServices;

namespace Sluice.Sorting;

/// <summary>Sorts record entries by (partition, key, order of arrival) without moving a record.</summary>
/// <remarks>
/// Most significant digit first, eight bits at a time, out of place between the table and its scratch; digits that all
/// entries share are skipped in one look (the position of the highest bit in which any two differ). A group whose
/// eight prefix bytes are equal takes the next eight bytes of its keys as the new prefix and goes on, so long common
/// prefixes and many equal keys stay linear; past <see cref="DeepestWord"/> key bytes a stable merge sort finishes the
/// group, as it does any group of one prefix where a comparison orders the keys. Groups of up to
/// <see cref="SmallGroup"/> are sorted by insertion in a buffer of their own. Every step keeps the order of arrival of
/// equal keys: the sort is stable. After the sort the prefixes are undefined but for this: equal keys of a partition still
/// have equal ones.
/// </remarks>
internal sealed class RadixSorter
{
    private const int SmallGroup = 40;
    private const int DeepestWord = 128;
    private const int Buckets = 256;

    // Digits 0 to 3 are the partition's bytes, 4 to 11 the prefix's; -1 would be a digit before the first.
    private const int PrefixDigit = 4;
    private const int DigitCount = 12;

    private readonly IKeySource _keys;
    private readonly bool _areBytes;
    private readonly EntryMergeSort _merging;

    /// <param name="keys">The keys of the entries that will be sorted.</param>
    public RadixSorter(IKeySource keys)
    {
        _keys = keys;
        _areBytes = keys.AreBytes;
        _merging = new EntryMergeSort(keys);
    }

    /// <summary>Sorts <paramref name="count"/> entries; the result stands in <paramref name="entries"/>.</summary>
    /// <param name="entries">The entries, in order of arrival.</param>
    /// <param name="scratch">Room for as many; its content is lost.</param>
    /// <param name="count">How many entries.</param>
    public void Sort(EntryTable entries, EntryTable scratch, long count) =>
        Sort(entries, scratch, 0, count, resultInScratch: false, depth: 0);

    // Sorts [from, to) of source by (partition, prefix at key offset depth, rest of the key).
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sort(EntryTable source, EntryTable other, long from, long to, bool resultInScratch, int depth)
    {
        long count = to - from;
        if (count <= SmallGroup)
        {
            SortSmall(source, resultInScratch ? other : source, from, (int)count, depth);
            return;
        }

        int digit = FirstDifference(source, from, to);
        if (digit == DigitCount)
        {
            SortTies(source, other, from, to, resultInScratch, depth);
            return;
        }

        Span<long> ends = stackalloc long[Buckets];
        Scatter(source, other, from, to, digit, ends);
        long start = from;
        for (int bucket = 0; bucket < Buckets; bucket++)
        {
            long end = ends[bucket];
            if (end > start)
            {
                Sort(other, source, start, end, !resultInScratch, depth);
            }

            start = end;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int FirstDifference(EntryTable table, long from, long to)
    {
        RecordEntry first = table[from];
        int partitions = 0;
        ulong prefixes = 0;
        for (long index = from; index < to;)
        {
            Span<RecordEntry> run = table.Run(index, to - index);
            foreach (ref readonly RecordEntry entry in run)
            {
                partitions |= entry.Partition ^ first.Partition;
                prefixes |= entry.Prefix ^ first.Prefix;
            }

            index += run.Length;
        }

        if (partitions != 0)
        {
            return BitOperations.LeadingZeroCount((uint)partitions) / 8;
        }

        return prefixes == 0 ? DigitCount : PrefixDigit + (BitOperations.LeadingZeroCount(prefixes) / 8);
    }

    // One counting pass and one moving pass; afterwards ends[b] is where bucket b ends in the target.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scatter(EntryTable source, EntryTable target, long from, long to, int digit, Span<long> ends)
    {
        ends.Clear();
        int shift = digit < PrefixDigit ? 24 - (8 * digit) : 56 - (8 * (digit - PrefixDigit));
        bool byPartition = digit < PrefixDigit;
        for (long index = from; index < to;)
        {
            Span<RecordEntry> run = source.Run(index, to - index);
            if (byPartition)
            {
                foreach (ref readonly RecordEntry entry in run)
                {
                    ends[(entry.Partition >> shift) & 0xFF]++;
                }
            }
            else
            {
                foreach (ref readonly RecordEntry entry in run)
                {
                    ends[(int)(entry.Prefix >> shift) & 0xFF]++;
                }
            }

            index += run.Length;
        }

        long start = from;
        for (int bucket = 0; bucket < Buckets; bucket++)
        {
            long size = ends[bucket];
            ends[bucket] = start;
            start += size;
        }

        for (long index = from; index < to;)
        {
            Span<RecordEntry> run = source.Run(index, to - index);
            if (byPartition)
            {
                foreach (ref readonly RecordEntry entry in run)
                {
                    target[ends[(entry.Partition >> shift) & 0xFF]++] = entry;
                }
            }
            else
            {
                foreach (ref readonly RecordEntry entry in run)
                {
                    target[ends[(int)(entry.Prefix >> shift) & 0xFF]++] = entry;
                }
            }

            index += run.Length;
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SortSmall(EntryTable source, EntryTable target, long from, int count, int depth)
    {
        Span<RecordEntry> buffer = stackalloc RecordEntry[SmallGroup];
        Span<RecordEntry> group = buffer[..count];
        Copy(source, from, group);
        for (int i = 1; i < group.Length; i++)
        {
            RecordEntry entry = group[i];
            int place = i;
            while (place > 0 && IsBefore(in entry, in group[place - 1], depth))
            {
                group[place] = group[place - 1];
                place--;
            }

            group[place] = entry;
        }

        Copy(group, target, from);
    }

    private bool IsBefore(in RecordEntry left, in RecordEntry right, int depth)
    {
        if (left.Partition != right.Partition)
        {
            return left.Partition < right.Partition;
        }

        return left.Prefix != right.Prefix
            ? left.Prefix < right.Prefix
            : _keys.Compare(left.Number, right.Number, depth) < 0;
    }

    // All entries agree in partition and prefix. Where keys are bytes, they agree up to depth + 8, or have ended
    // before.
    private void SortTies(EntryTable source, EntryTable other, long from, long to, bool resultInScratch, int depth)
    {
        if (!_areBytes)
        {
            _merging.Sort(source, other, from, to, resultInScratch, depth);
            return;
        }

        int next = depth + sizeof(ulong);
        long finished = MoveFinishedFirst(source, other, from, to, next);
        if (resultInScratch)
        {
            EntryMergeSort.Copy(source, other, from, from + finished);
        }

        from += finished;
        if (from == to)
        {
            return;
        }

        if (next >= DeepestWord)
        {
            _merging.Sort(source, other, from, to, resultInScratch, next);
            return;
        }

        for (long index = from; index < to; index++)
        {
            ref RecordEntry entry = ref source[index];
            entry.Prefix = _keys.KeyWord(entry.Number, next);
        }

        Sort(source, other, from, to, resultInScratch, next);
    }

    // Keys that end here differ in length at most (padding zeros against zero bytes): shorter ones go first, all of
    // them before the longer keys. Counting by length keeps the order of arrival. Returns how many ended.
    private long MoveFinishedFirst(EntryTable source, EntryTable other, long from, long to, int next)
    {
        Span<long> starts = stackalloc long[sizeof(ulong) + 2];
        starts.Clear();
        for (long index = from; index < to; index++)
        {
            starts[Rank(source[index].Number, next)]++;
        }

        long longer = starts[^1];
        if (longer == to - from)
        {
            return 0;
        }

        long start = from;
        bool single = false;
        for (int rank = 0; rank < starts.Length; rank++)
        {
            long size = starts[rank];
            single |= size == to - from;
            starts[rank] = start;
            start += size;
        }

        if (!single)
        {
            for (long index = from; index < to; index++)
            {
                RecordEntry entry = source[index];
                other[starts[Rank(entry.Number, next)]++] = entry;
            }

            EntryMergeSort.Copy(other, source, from, to);
        }

        return to - from - longer;
    }

    private int Rank(uint number, int next) =>
        Math.Clamp(_keys.KeyLength(number) - next + sizeof(ulong), 0, sizeof(ulong) + 1);

    private static void Copy(EntryTable source, long from, Span<RecordEntry> group)
    {
        for (int copied = 0; copied < group.Length;)
        {
            Span<RecordEntry> run = source.Run(from + copied, group.Length - copied);
            run.CopyTo(group[copied..]);
            copied += run.Length;
        }
    }

    private static void Copy(ReadOnlySpan<RecordEntry> group, EntryTable target, long from)
    {
        for (int copied = 0; copied < group.Length;)
        {
            Span<RecordEntry> run = target.Run(from + copied, group.Length - copied);
            group.Slice(copied, run.Length).CopyTo(run);
            copied += run.Length;
        }
    }
}
