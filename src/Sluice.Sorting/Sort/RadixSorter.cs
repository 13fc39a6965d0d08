using System.Numerics;
using System.Runtime.CompilerServices;

namespace Sluice.Sorting;

/// <summary>Sorts record entries by (partition, key, order of arrival) without moving a record.</summary>
/// <remarks>
/// Most significant digit first, eight bits at a time, out of place between the table and its scratch; digits that all
/// entries share are skipped in one look (the position of the highest bit in which any two differ). A group whose
/// eight prefix bytes are equal goes past what all of its keys have in common, takes the next eight bytes as the new
/// prefix and goes on, so long common prefixes and many equal keys stay linear; after <see cref="MostWords"/> of these
/// steps a stable merge sort finishes the group, as it does any group of one prefix where a comparison orders the keys.
/// Small groups are sorted by insertion in a buffer of their own. Every step keeps the order of arrival of equal keys:
/// the sort is stable. After the sort the prefixes are undefined but for this: equal keys of a partition still have
/// equal ones.
/// </remarks>
internal sealed class RadixSorter
{
    private const int MostWords = 16;
    private const int Buckets = 256;

    // Digits 0 to 3 are the partition's bytes, 4 to 11 the prefix's; -1 would be a digit before the first.
    private const int PrefixDigit = 4;
    private const int DigitCount = 12;

    private readonly IKeySource _keys;
    private readonly bool _areBytes;
    private readonly EntryMergeSort _merging;
    private readonly SmallGroupSort _small;

    /// <param name="keys">The keys of the entries that will be sorted.</param>
    public RadixSorter(IKeySource keys)
    {
        _keys = keys;
        _areBytes = keys.AreBytes;
        _merging = new EntryMergeSort(keys);
        _small = new SmallGroupSort(keys);
    }

    /// <summary>Sorts <paramref name="count"/> entries; the result stands in <paramref name="entries"/>.</summary>
    /// <param name="entries">The entries, in order of arrival.</param>
    /// <param name="scratch">Room for as many; its content is lost.</param>
    /// <param name="count">How many entries.</param>
    public void Sort(EntryTable entries, EntryTable scratch, long count) =>
        Sort(entries, scratch, 0, count, resultInScratch: false, default);

    // Sorts [from, to) of source by (partition, prefix, rest of the key).
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sort(EntryTable source, EntryTable other, long from, long to, bool resultInScratch, KeyDepth depth)
    {
        long count = to - from;
        if (count <= SmallGroupSort.Most)
        {
            SortSmall(source, resultInScratch ? other : source, from, (int)count, depth.Bytes);
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
    private void SortSmall(EntryTable source, EntryTable target, long from, int count, int depth)
    {
        Span<RecordEntry> buffer = stackalloc RecordEntry[SmallGroupSort.Most];
        Span<RecordEntry> group = buffer[..count];
        Copy(source, from, group);
        _small.Sort(group, depth);
        Copy(group, target, from);
    }

    // All entries agree in partition and prefix. Where keys are bytes, they agree up to depth + 8, or have ended
    // before.
    private void SortTies(EntryTable source, EntryTable other, long from, long to, bool resultInScratch, KeyDepth depth)
    {
        if (!_areBytes)
        {
            _merging.Sort(source, other, from, to, resultInScratch, depth.Bytes);
            return;
        }

        int next = depth.Bytes + sizeof(ulong);
        for (;;)
        {
            KeyWords words = LoadWords(source, from, to, next);
            if (words.Ended > 0)
            {
                MoveEndedFirst(source, other, from, to, next);
                from += words.Ended;
            }

            if (from == to)
            {
                return;
            }

            if (words.Differences != 0 || to - from == 1)
            {
                break;
            }

            // All alike again: what all have in common is skipped in one look at each.
            next += Math.Max(CommonLength(source, from, to, next), sizeof(ulong));
        }

        if (depth.Words == MostWords)
        {
            _merging.Sort(source, other, from, to, resultInScratch, next);
            return;
        }

        Sort(source, other, from, to, resultInScratch, new KeyDepth(next, depth.Words + 1));
    }

    private KeyWords LoadWords(EntryTable table, long from, long to, int offset)
    {
        KeyWords words = default;
        for (long index = from; index < to;)
        {
            Span<RecordEntry> run = table.Run(index, to - index);
            words = KeyWords.Join(words, index - from, _keys.LoadWords(run, offset), run.Length);
            index += run.Length;
        }

        return words;
    }

    private int CommonLength(EntryTable table, long from, long to, int offset)
    {
        uint first = table[from].Number;
        int common = int.MaxValue;
        for (long index = from; index < to && common > 0;)
        {
            Span<RecordEntry> run = table.Run(index, to - index);
            common = Math.Min(common, _keys.CommonLength(run, offset, first));
            index += run.Length;
        }

        return common;
    }

    // Keys that end here differ in length at most (padding zeros against zero bytes): shorter ones go first, all of
    // them before the longer keys. Counting by length keeps the order of arrival. The result stands in both tables.
    private static void MoveEndedFirst(EntryTable source, EntryTable other, long from, long to, int next)
    {
        Span<long> starts = stackalloc long[sizeof(ulong) + 2];
        starts.Clear();
        for (long index = from; index < to; index++)
        {
            starts[Rank(in source[index], next)]++;
        }

        long start = from;
        for (int rank = 0; rank < starts.Length; rank++)
        {
            long size = starts[rank];
            starts[rank] = start;
            start += size;
        }

        for (long index = from; index < to; index++)
        {
            RecordEntry entry = source[index];
            long place = starts[Rank(in entry, next)]++;
            other[place] = entry.Partition < 0 ? entry with { Partition = ~entry.Partition } : entry;
        }

        EntryMergeSort.Copy(other, source, from, to);
    }

    // Of a key that ended within the last word its length there; the last rank is for longer keys.
    private static int Rank(in RecordEntry entry, int next) => entry.Partition < 0
        ? Math.Max(0, (int)entry.Prefix - next + sizeof(ulong))
        : sizeof(ulong) + 1;

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

    // Where in the keys the prefixes were read, bytes, and how often new ones have been.
    private readonly record struct KeyDepth(int Bytes, int Words);
}
