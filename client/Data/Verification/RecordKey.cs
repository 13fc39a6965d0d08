using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace Sluice.Client;

/// <summary>Finds the key in a record and compares keys, also of records too long for memory.</summary>
internal sealed class RecordKey(int offset, int? length)
{
    private const int MaximumPieceLength = 64 * 1024;

    public static RecordKey For(VerifyOptions options) => new(
        options.KeyOffset,
        options.KeyLength ?? (options.Format == VerifyFormat.Gensort
            ? Math.Max(0, GensortGenerator.KeyLength - options.KeyOffset)
            : null));

    /// <summary>The part of a record in memory that is its key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> record)
    {
        int start = Math.Min(offset, record.Length);
        int left = record.Length - start;
        return record.Slice(start, Math.Min(left, length ?? left));
    }

    /// <summary>Compares two records' keys by reading them again piece by piece: as bytes, shorter first.</summary>
    /// <exception cref="IOException">A file cannot be read or has become shorter.</exception>
    public int Compare(RecordPlace left, RecordPlace right)
    {
        using SafeFileHandle leftFile = File.OpenHandle(left.File);
        using SafeFileHandle rightFile = File.OpenHandle(right.File);
        long leftLength = LengthIn(left);
        long rightLength = LengthIn(right);
        long common = Math.Min(leftLength, rightLength);
        int pieceLength = (int)Math.Min(common, MaximumPieceLength);
        byte[] pieces = new byte[2 * pieceLength];
        for (long done = 0; done < common; done += pieceLength)
        {
            int piece = (int)Math.Min(pieceLength, common - done);
            Span<byte> leftPiece = pieces.AsSpan(0, piece);
            Span<byte> rightPiece = pieces.AsSpan(pieceLength, piece);
            ReadFully(leftFile, left, left.Offset + offset + done, leftPiece);
            ReadFully(rightFile, right, right.Offset + offset + done, rightPiece);
            int order = leftPiece.SequenceCompareTo(rightPiece);
            if (order != 0)
            {
                return order;
            }
        }

        return leftLength.CompareTo(rightLength);
    }

    private long LengthIn(RecordPlace place)
    {
        long left = Math.Max(0, place.Length - offset);
        return Math.Min(left, length ?? left);
    }

    private static void ReadFully(SafeFileHandle file, RecordPlace place, long from, Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            int read = RandomAccess.Read(file, target, from);
            if (read == 0)
            {
                throw new EndOfStreamException($"'{place.File}' became shorter while it was verified.");
            }

            from += read;
            target = target[read..];
        }
    }
}
