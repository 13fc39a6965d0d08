using System.Buffers.Binary;
using System.Text;

namespace Sluice.Sorting;

/// <summary>A buffer that one task encodes one record after the other in; it grows to the longest.</summary>
public sealed class RecordScratch
{
    internal byte[] Bytes { get; set; } = new byte[256];
}

/// <summary>Encodes one key or value into a <see cref="RecordScratch"/>.</summary>
/// <remarks>A new writer starts at the front and overwrites what an earlier one wrote into the same scratch.</remarks>
public ref struct RecordWriter
{
    private readonly RecordScratch _scratch;
    private int _length;

    public RecordWriter(RecordScratch scratch)
    {
        _scratch = scratch;
    }

    /// <summary>Bytes written so far.</summary>
    public readonly ReadOnlySpan<byte> Written => _scratch.Bytes.AsSpan(0, _length);

    /// <summary>Room for at least <paramref name="size"/> bytes behind what was written; <see cref="Advance"/> follows.</summary>
    public readonly Span<byte> GetSpan(int size)
    {
        if (_scratch.Bytes.Length - _length < size)
        {
            byte[] grown = new byte[Math.Max(checked(_length + size), 2 * _scratch.Bytes.Length)];
            Written.CopyTo(grown);
            _scratch.Bytes = grown;
        }

        return _scratch.Bytes.AsSpan(_length);
    }

    /// <summary>Says how much of the room was used.</summary>
    public void Advance(int count) => _length += count;

    /// <summary>What was written from <paramref name="start"/> on, to be changed where it stands.</summary>
    internal readonly Span<byte> Change(int start) => _scratch.Bytes.AsSpan(start, _length - start);

    public void Write(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        _length += bytes.Length;
    }

    public void WriteByte(byte value)
    {
        GetSpan(1)[0] = value;
        _length++;
    }

    /// <summary>Eight bytes, most significant first.</summary>
    public void WriteUInt64BigEndian(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(GetSpan(sizeof(ulong)), value);
        _length += sizeof(ulong);
    }

    /// <summary>Seven bits a byte, least significant first (LEB128).</summary>
    public void WriteVarUInt32(uint value) => _length += VarInt.Write(GetSpan(VarInt.MaximumLength), value);

    /// <summary>Decimal digits, as people read them.</summary>
    public void WriteDecimal(long value)
    {
        value.TryFormat(GetSpan(20), out int written, default, null);
        _length += written;
    }

    /// <summary>Text as UTF-8.</summary>
    public void WriteText(scoped ReadOnlySpan<char> text) =>
        _length += Encoding.UTF8.GetBytes(text, GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length)));
}
