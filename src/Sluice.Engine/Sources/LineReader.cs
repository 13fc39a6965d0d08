using System.Runtime.CompilerServices;
using Sluice.Buffers;
using Sluice.Jobs;

namespace Sluice.Engine;

/// <summary>
/// Records that end at a line feed, which is not part of them; a last line without one is a record too.
/// </summary>
internal sealed class LineReader : SplitReader
{
    private const byte LineFeed = (byte)'\n';

    public LineReader(InputFile file, InputSplit split, NetworkBuffer buffer, long largestRecord)
        : base(file, split, buffer, largestRecord)
    {
    }

    public override void Run(Emitter<ReadOnlySpan<byte>> next, Action<long> progress, CancellationToken cancellation)
    {
        // The byte before the split tells whether a line starts with the split's first byte.
        bool isInside = Split.Start > 0;
        long position = isInside ? Split.Start - 1 : 0;
        long lineStart = position;
        while (position < File.Length && (lineStart < Split.End || isInside))
        {
            cancellation.ThrowIfCancellationRequested();
            ReadOnlySpan<byte> piece = Read(position, UpToPage(position));
            ReadOnlySpan<byte> rest = piece;
            if (isInside)
            {
                int end = rest.IndexOf(LineFeed);
                isInside = end < 0;
                rest = end < 0 ? [] : rest[(end + 1)..];
                lineStart = position + piece.Length - rest.Length;
                if (isInside && position + piece.Length >= Split.End)
                {
                    break;
                }
            }

            lineStart = PushLines(rest, lineStart, next);
            position += piece.Length;
            progress(piece.Length);
        }

        if (HasJoined && position == File.Length)
        {
            next.Emit(TakeJoined());
        }

        CheckUnchanged();
    }

    protected override long LengthOf(long recordStart)
    {
        for (long position = recordStart; position < File.Length;)
        {
            ReadOnlySpan<byte> piece = Read(position, SegmentSize);
            int end = piece.IndexOf(LineFeed);
            if (end >= 0)
            {
                return position + end - recordStart;
            }

            position += piece.Length;
        }

        return File.Length - recordStart;
    }

    // Pushes the lines that end in these bytes and keeps what follows the last; returns where the next line starts.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private long PushLines(ReadOnlySpan<byte> bytes, long lineStart, Emitter<ReadOnlySpan<byte>> next)
    {
        while (lineStart < Split.End)
        {
            int end = bytes.IndexOf(LineFeed);
            if (end < 0)
            {
                if (!bytes.IsEmpty)
                {
                    Join(bytes, lineStart);
                }

                return lineStart;
            }

            if (HasJoined)
            {
                Join(bytes[..end], lineStart);
                ReadOnlySpan<byte> line = TakeJoined();
                lineStart += line.Length + 1;
                next.Emit(line);
            }
            else
            {
                lineStart += end + 1;
                next.Emit(bytes[..end]);
            }

            bytes = bytes[(end + 1)..];
        }

        return lineStart;
    }
}
