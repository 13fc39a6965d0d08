using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Sluice.Sorting;

/// <summary>Sorts a fill and writes its records, in order and combined, into a run.</summary>
/// <remarks>Threading: one fill at a time, on the spiller's or the collector's thread.</remarks>
internal sealed class FillWriter
{
    private const int PositionsAhead = 24;
    private const int RecordsAhead = 12;

    private readonly Combiner? _combiner;
    private readonly KeyComparison? _comparison;

    /// <param name="combiner">Folds equal keys; null writes all records.</param>
    /// <param name="comparison">Orders keys; null compares them as bytes.</param>
    public FillWriter(Combiner? combiner, KeyComparison? comparison)
    {
        _combiner = combiner;
        _comparison = comparison;
    }

    /// <summary>Sorts the fill's entries; the scratch level is free afterwards.</summary>
    public void Sort(RingFill fill) => new RadixSorter(KeysOf(fill)).Sort(fill.Entries, fill.Scratch, fill.Count);

    /// <summary>Writes a sorted fill.</summary>
    public void Write(RingFill fill, RunWriter writer)
    {
        if (_combiner is null)
        {
            WriteAll(fill, writer);
        }
        else
        {
            WriteCombined(fill, writer, _combiner);
        }
    }

    private IKeySource KeysOf(RingFill fill) => _comparison is null ? fill : new ComparedFill(fill, _comparison);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WriteAll(RingFill fill, RunWriter writer)
    {
        EntryTable entries = fill.Entries;
        int partition = -1;
        for (long index = 0; index < fill.Count;)
        {
            Span<RecordEntry> run = entries.Run(index, fill.Count - index);
            for (int i = 0; i < run.Length; i++)
            {
                Prefetch(fill, run, i);
                WriteOne(fill, run[i], writer, ref partition);
            }

            index += run.Length;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WriteOne(RingFill fill, in RecordEntry entry, RunWriter writer, ref int partition)
    {
        if (entry.Partition != partition)
        {
            partition = entry.Partition;
            writer.MoveTo(partition);
        }

        SegmentRing data = fill.Ring.Data;
        RecordPosition position = fill.PositionOf(entry.Number);
        ReadOnlySpan<byte> record = data.SpanAt(position.KeyStart, position.Length);
        if (record.Length == position.Length)
        {
            writer.Blocks.Append(record, position.KeyLength);
        }
        else
        {
            AppendPieces(data, position, writer.Blocks);
        }
    }

    // Sorted records lie anywhere in the ring: each is two reads that miss every cache, its position and its bytes.
    // Both are asked for some records ahead, the position first, so that many misses are under way at once.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Prefetch(RingFill fill, Span<RecordEntry> run, int index)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        if (index + PositionsAhead < run.Length)
        {
            Sse.Prefetch0((void*)fill.AddressOfPosition(run[index + PositionsAhead].Number));
        }

        if (index + RecordsAhead < run.Length)
        {
            RecordPosition position = fill.PositionOf(run[index + RecordsAhead].Number);
            byte* record = (byte*)fill.Ring.Data.AddressOf(position.KeyStart);
            CacheLines.Prefetch(record, position.Length);
        }
    }

    // A record that crosses segments goes out piece by piece: nothing is put together first.
    private static void AppendPieces(SegmentRing data, RecordPosition position, BlockWriter blocks)
    {
        RecordHash hash = default;
        blocks.Begin(position.KeyLength, position.ValueLength);
        RingPosition at = position.KeyStart;
        for (int left = position.Length; left > 0;)
        {
            ReadOnlySpan<byte> piece = data.SpanAt(at, left);
            blocks.Write(piece, ref hash);
            at += piece.Length;
            left -= piece.Length;
        }

        blocks.End(in hash, position.KeyLength, position.Length);
    }

    // Where a key has one record there is nothing to fold. After the sort equal keys still have equal prefixes, so an
    // entry that differs from the next one in its prefix is the last of its key.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WriteCombined(RingFill fill, RunWriter writer, Combiner combiner)
    {
        EntryTable entries = fill.Entries;
        FillGroup group = new(fill, KeysOf(fill));
        CombinerOutput output = new(combiner, group, writer.Blocks);
        int partition = -1;
        for (long index = 0; index < fill.Count;)
        {
            Span<RecordEntry> run = entries.Run(index, fill.Count - index);
            int i = 0;
            while (i < run.Length && IsAlone(entries, index + i, fill.Count, run, i))
            {
                Prefetch(fill, run, i);
                WriteOne(fill, run[i], writer, ref partition);
                i++;
            }

            index += i;
            if (i < run.Length)
            {
                group.Begin(index);
                partition = group.Partition;
                writer.MoveTo(partition);
                output.Combine();
                index = group.End();
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsAlone(EntryTable entries, long index, long count, Span<RecordEntry> run, int place)
    {
        if (index + 1 == count)
        {
            return true;
        }

        ref readonly RecordEntry entry = ref run[place];
        ref readonly RecordEntry next = ref place + 1 < run.Length ? ref run[place + 1] : ref entries[index + 1];
        return next.Prefix != entry.Prefix || next.Partition != entry.Partition;
    }
}
