using Sluice.Buffers;
using Sluice.Jobs;

namespace Sluice.Engine;

/// <summary>Records of one length, behind each other without separators.</summary>
internal sealed class FixedLengthReader : SplitReader
{
    private readonly int _recordLength;

    public FixedLengthReader(
        InputFile file, InputSplit split, NetworkBuffer[] buffers, long largestRecord, int recordLength)
        : base(file, split, buffers, largestRecord)
    {
        _recordLength = recordLength;
    }

    public override void Run(Emitter<ReadOnlySpan<byte>> next, Action<long> progress, CancellationToken cancellation)
    {
        long position = RecordAtOrBehind(Split.Start);
        long end = RecordAtOrBehind(Split.End);
        long recordStart = position;
        while (position < end)
        {
            cancellation.ThrowIfCancellationRequested();
            ReadOnlySpan<byte> bytes = Next(position);
            bytes = bytes[..(int)Math.Min(bytes.Length, end - position)];
            position += bytes.Length;
            progress(bytes.Length);
            while (!bytes.IsEmpty)
            {
                int missing = _recordLength - (int)(position - bytes.Length - recordStart);
                int count = Math.Min(missing, bytes.Length);
                if (count == _recordLength)
                {
                    next.Emit(bytes[..count]);
                    recordStart += _recordLength;
                }
                else
                {
                    Join(bytes[..count], recordStart);
                    if (count == missing)
                    {
                        next.Emit(TakeJoined());
                        recordStart += _recordLength;
                    }
                }

                bytes = bytes[count..];
            }
        }

        CheckUnchanged();
    }

    protected override long LengthOf(long recordStart) => _recordLength;

    private long RecordAtOrBehind(long offset) => (offset + _recordLength - 1) / _recordLength * _recordLength;
}
