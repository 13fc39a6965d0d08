namespace Sluice.Buffers;

/// <summary>Reads values one after the other from memory that need not be in one piece.</summary>
/// <remarks>
/// The counterpart of <see cref="IDataOutputView"/>. A read that lacks bytes throws <see cref="EndOfStreamException"/>
/// and leaves the position where it was, however often it is repeated. One thread at a time.
/// </remarks>
public interface IDataInputView
{
    /// <summary>Bytes from the start. It may be set to any position up to <see cref="Length"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative or behind the end.</exception>
    long Position { get; set; }

    /// <summary>Bytes in all.</summary>
    long Length { get; }

    /// <summary>Bytes not read yet.</summary>
    long Remaining { get; }

    /// <summary>The next bytes that lie in one piece, without moving; empty only at the end.</summary>
    ReadOnlySpan<byte> Peek();

    byte ReadByte();

    /// <summary>Any byte but 0 is true.</summary>
    bool ReadBoolean();

    short ReadInt16();

    ushort ReadUInt16();

    char ReadChar();

    int ReadInt32();

    uint ReadUInt32();

    long ReadInt64();

    ulong ReadUInt64();

    float ReadSingle();

    double ReadDouble();

    /// <exception cref="InvalidDataException">The bytes are no 32-bit number in this form; the position is what it
    /// was.</exception>
    uint ReadVarUInt32();

    /// <exception cref="InvalidDataException">The bytes are no 64-bit number in this form; the position is what it
    /// was.</exception>
    ulong ReadVarUInt64();

    /// <inheritdoc cref="ReadVarUInt32"/>
    int ReadVarInt32();

    /// <inheritdoc cref="ReadVarUInt64"/>
    long ReadVarInt64();

    /// <summary>Reads what there is, up to the length of <paramref name="target"/>.</summary>
    /// <returns>How many bytes; 0 only at the end or for an empty target.</returns>
    int Read(Span<byte> target);

    /// <summary>Fills <paramref name="target"/>.</summary>
    void ReadExactly(Span<byte> target);

    /// <summary>Moves on over bytes that must be there.</summary>
    void Skip(long length);
}
