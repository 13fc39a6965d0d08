using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Sluice.Sorting;

/// <summary>Where one record lies in the ring: key start, value start, record end.</summary>
/// <remarks>
/// Lengths follow from positions. The key start is a full ring position; the other two are kept as their low 32 bits,
/// which is exact because a record in the ring is shorter than 2 GiB. The record end is stored, not taken from the
/// next record's start, because a gap may lie between them (a key does not cross a segment's end).
/// </remarks>
[StructLayout(LayoutKind.Sequential, Pack = 8, Size = Size)]
internal readonly struct RecordPosition
{
    /// <summary>Bytes of one position.</summary>
    public const int Size = 16;

    private readonly RingPosition _keyStart;
    private readonly uint _valueStart;
    private readonly uint _recordEnd;

    public RecordPosition(RingPosition keyStart, RingPosition valueStart, RingPosition recordEnd)
    {
        Debug.Assert(keyStart <= valueStart && valueStart <= recordEnd, "The key comes first, then its value.");
        Debug.Assert(recordEnd - keyStart <= int.MaxValue, "A longer record does not go into the ring.");
        _keyStart = keyStart;
        _valueStart = (uint)valueStart.Value;
        _recordEnd = (uint)recordEnd.Value;
    }

    public RingPosition KeyStart => _keyStart;

    public RingPosition ValueStart => _keyStart + KeyLength;

    public int KeyLength => (int)(_valueStart - (uint)_keyStart.Value);

    public int ValueLength => (int)(_recordEnd - _valueStart);

    public int Length => (int)(_recordEnd - (uint)_keyStart.Value);
}
