namespace Sluice.Buffers;

/// <summary>Reads values one after the other from memory that need not be in one piece.</summary>
/// <remarks>
/// The counterpart of <see cref="IDataOutputView"/>. Values are little-endian and unaligned; big-endian ones are in
/// <see cref="BigEndianViews"/>, rarer ones in <see cref="WideViews"/>, strings and lines in <see cref="TextViews"/>.
/// A read that lacks bytes throws <see cref="EndOfStreamException"/> and leaves the position where it was, however
/// often it is repeated. One thread at a time.
/// </remarks>
public interface IDataInputView
{
    /// <summary>
    /// Whether the view has a known length and can be set to any position: always, but over a stream that cannot seek.
    /// </summary>
    bool CanSeek { get; }

    /// <summary>Bytes from the start. It may be set to any position up to <see cref="Length"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative or behind the end.</exception>
    /// <exception cref="NotSupportedException">The view cannot seek, and the bytes there are no longer
    /// held.</exception>
    long Position { get; set; }

    /// <summary>Bytes in all.</summary>
    /// <exception cref="NotSupportedException">The view cannot seek; ask <see cref="Has"/>.</exception>
    long Length { get; }

    /// <summary>Bytes not read yet.</summary>
    /// <exception cref="NotSupportedException">The view cannot seek; ask <see cref="Has"/>.</exception>
    long Remaining { get; }

    /// <summary>Whether so many bytes are left. A view of a stream reads ahead as far as it must to know.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    bool Has(long length);

    /// <summary>The next bytes that lie in one piece, without moving; empty only at the end.</summary>
    ReadOnlySpan<byte> Peek();

    /// <summary>Copies the next bytes, however many pieces they lie in, without moving.</summary>
    /// <returns>How many bytes; fewer than <paramref name="target"/> holds only where the view ends.</returns>
    int Peek(Span<byte> target);

    byte ReadByte();

    /// <summary>0 is false; each of the 255 other bytes is true, whoever wrote it.</summary>
    bool ReadBoolean();

    short ReadInt16();

    ushort ReadUInt16();

    /// <summary>One UTF-16 unit, two bytes.</summary>
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
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    void Skip(long length);
}
