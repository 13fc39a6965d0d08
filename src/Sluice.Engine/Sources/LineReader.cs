using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Sluice.Buffers;
using Sluice.Jobs;

namespace Sluice.Engine;

/// <summary>
/// Records that end at a line feed, which is not part of them; a last line without one is a record too.
/// </summary>
internal sealed class LineReader : SplitReader
{
    private const byte LineFeed = (byte)'\n';

    public LineReader(InputFile file, InputSplit split, NetworkBuffer[] buffers, long largestRecord)
        : base(file, split, buffers, largestRecord)
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
            ReadOnlySpan<byte> piece = Next(position);
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
            ReadOnlySpan<byte> piece = Next(position);
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
    // A search that begins anew for each line costs more than short lines take to look through.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private long PushLines(ReadOnlySpan<byte> bytes, long lineStart, Emitter<ReadOnlySpan<byte>> next)
    {
        int start = 0;
        int looked = 0;
        Vector256<byte> lineFeeds = Vector256.Create(LineFeed);
        for (; bytes.Length - looked >= Vector256<byte>.Count; looked += Vector256<byte>.Count)
        {
            uint ends = Vector256.Equals(Vector256.Create(bytes[looked..]), lineFeeds).ExtractMostSignificantBits();
            for (; ends != 0; ends &= ends - 1)
            {
                if (lineStart >= Split.End)
                {
                    return lineStart;
                }

                int end = looked + BitOperations.TrailingZeroCount(ends);
                lineStart = PushLine(bytes[start..end], lineStart, next);
                start = end + 1;
            }
        }

        for (; looked < bytes.Length && lineStart < Split.End; looked++)
        {
            if (bytes[looked] == LineFeed)
            {
                lineStart = PushLine(bytes[start..looked], lineStart, next);
                start = looked + 1;
            }
        }

        if (lineStart < Split.End && start < bytes.Length)
        {
            Join(bytes[start..], lineStart);
        }

        return lineStart;
    }

    // Pushes a line, with its beginning if that was kept; returns where the next one starts.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long PushLine(ReadOnlySpan<byte> line, long lineStart, Emitter<ReadOnlySpan<byte>> next)
    {
        if (HasJoined)
        {
            Join(line, lineStart);
            line = TakeJoined();
        }

        next.Emit(line);
        return lineStart + line.Length + 1;
    }
}
