namespace Sluice.Buffers;

/// <summary>Writes values one after the other into memory that need not be in one piece.</summary>
/// <remarks>
/// Values are little-endian and unaligned; big-endian ones are in <see cref="BigEndianViews"/>, rarer ones in
/// <see cref="WideViews"/>, strings in <see cref="TextViews"/>. Every member writes all of its value or nothing: when
/// the memory ends before the value does, it throws <see cref="EndOfStreamException"/> and the position is what it was.
/// One thread at a time.
/// </remarks>
public interface IDataOutputView
{
    /// <summary>Bytes from the start. It may be set back to any position saved before.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside the memory there is.</exception>
    /// <exception cref="NotSupportedException">The view writes to a stream that cannot seek.</exception>
    long Position { get; set; }

    void WriteByte(byte value);

    /// <summary>One byte, 0 or 1.</summary>
    void WriteBoolean(bool value);

    void WriteInt16(short value);

    void WriteUInt16(ushort value);

    /// <summary>One UTF-16 unit, two bytes.</summary>
    void WriteChar(char value);

    void WriteInt32(int value);

    void WriteUInt32(uint value);

    void WriteInt64(long value);

    void WriteUInt64(ulong value);

    void WriteSingle(float value);

    void WriteDouble(double value);

    /// <summary>Seven bits a byte, lowest first, the top bit set in all but the last: 1 to 5 bytes.</summary>
    void WriteVarUInt32(uint value);

    /// <summary>The same in 1 to 10 bytes.</summary>
    void WriteVarUInt64(ulong value);

    /// <summary>Zigzag (0, -1, 1, -2, ...), so that small negative numbers are short too.</summary>
    void WriteVarInt32(int value);

    /// <inheritdoc cref="WriteVarInt32"/>
    void WriteVarInt64(long value);

    void Write(ReadOnlySpan<byte> bytes);

    /// <summary>
    /// Copies the next bytes of another view. Neither position moves when either end lacks bytes or room.
    /// </summary>
    void Write(IDataInputView source, long length);

    /// <summary>
    /// Leaves bytes as they are, for a value that is known later; in a stream that cannot seek they are zeros.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    void Skip(long length);
}
