using System.Runtime.InteropServices;

namespace Sluice.Client;

/// <summary>Makes the generator's records in blocks, binary or ASCII.</summary>
/// <remarks>
/// Threading: one instance belongs to one worker. Any block can be made at any time, because states are reached by
/// jumping.
/// </remarks>
internal sealed class GensortBlocks : IBlockSource
{
    public const int RecordsPerBlock = 10_000;

    /// <summary>Records made before their sum is taken, few enough to be in the first-level cache still.</summary>
    private const int RecordsPerBatch = 128;

    /// <summary>States that a binary record reaches ahead of its own.</summary>
    private const int Lookahead = 9;

    private readonly GensortOptions _options;
    private readonly HeavyKeys? _heavyKeys;
    private readonly GensortState[] _states = new GensortState[RecordsPerBatch + Lookahead];

    public GensortBlocks(GensortOptions options)
    {
        _options = options;
        _heavyKeys = options.Skew ? new HeavyKeys() : null;
    }

    public static long CountBlocks(GensortOptions options) => (options.Records + RecordsPerBlock - 1) / RecordsPerBlock;

    public int Capacity => (RecordsPerBlock * GensortGenerator.RecordLength) + GensortRecords.Overrun;

    public UInt128 Checksum { get; private set; }

    public int Fill(long block, Span<byte> room)
    {
        long first = block * RecordsPerBlock;
        int count = (int)Math.Min(RecordsPerBlock, _options.Records - first);
        ulong number = (ulong)(_options.Start + first);
        GensortState state = GensortState.At(number + 1);
        for (int done = 0; done < count; done += RecordsPerBatch)
        {
            int batch = Math.Min(RecordsPerBatch, count - done);
            state = Advance(state, batch);
            Span<byte> records = room[(done * GensortGenerator.RecordLength)..];
            FillBatch(number + (ulong)done, batch, records);
            AddToChecksum(records[..(batch * GensortGenerator.RecordLength)]);
        }

        return count * GensortGenerator.RecordLength;
    }

    /// <summary>
    /// Fills the states of a batch and those its last record reaches ahead; returns the next batch's first.
    /// </summary>
    private GensortState Advance(GensortState state, int batch)
    {
        Span<GensortState> states = _states.AsSpan(0, batch + Lookahead);
        for (int i = 0; i < states.Length; i++)
        {
            states[i] = state;
            state = state.Next();
        }

        return batch < RecordsPerBatch ? state : _states[batch];
    }

    private void FillBatch(ulong number, int batch, Span<byte> records)
    {
        for (int i = 0; i < batch; i++)
        {
            GensortState key = _heavyKeys is null ? _states[i] : _heavyKeys.KeyOf(_states[i]);
            ref byte record = ref MemoryMarshal.GetReference(records[(i * GensortGenerator.RecordLength)..]);
            if (_options.Ascii)
            {
                GensortRecords.WriteAscii(ref record, key, _states[i], number + (ulong)i);
            }
            else
            {
                GensortRecords.WriteBinary(ref record, key, _states.AsSpan(i, Lookahead + 1));
            }
        }
    }

    private void AddToChecksum(ReadOnlySpan<byte> records)
    {
        ulong sum = 0;
        for (int offset = 0; offset < records.Length; offset += GensortGenerator.RecordLength)
        {
            sum += Crc32.Compute(records.Slice(offset, GensortGenerator.RecordLength));
        }

        Checksum += sum;
    }
}
