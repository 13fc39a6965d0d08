using System.Buffers.Binary;
using System.Text;

namespace Sluice.Sorting;

/// <summary>Bytes where they lie.</summary>
internal sealed class SpanOrder : KeyOrder<ReadOnlySpan<byte>>
{
    public override void Encode(ReadOnlySpan<byte> key, ref RecordWriter writer) => writer.Write(key);

    public override ReadOnlySpan<byte> Decode(ReadOnlySpan<byte> encoded) => encoded;
}

/// <summary>Bytes of an array of their own.</summary>
internal sealed class ByteArrayOrder : KeyOrder<byte[]>
{
    public override void Encode(byte[] key, ref RecordWriter writer)
    {
        ArgumentNullException.ThrowIfNull(key);
        writer.Write(key);
    }

    public override byte[] Decode(ReadOnlySpan<byte> encoded) => encoded.ToArray();
}

/// <summary>Text as UTF-8, which keeps the order of code points. A lone surrogate is an error.</summary>
internal sealed class Utf8Order : KeyOrder<string>
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public override void Encode(string key, ref RecordWriter writer)
    {
        ArgumentNullException.ThrowIfNull(key);

        // The longest it could be is three times its length: asked for only where there is room anyway.
        int most = Strict.GetMaxByteCount(key.Length);
        Span<byte> room = writer.GetSpan(writer.Room >= most ? most : Strict.GetByteCount(key));
        writer.Advance(Strict.GetBytes(key, room));
    }

    public override string Decode(ReadOnlySpan<byte> encoded) => Strict.GetString(encoded);
}

/// <summary>Text as UTF-16 code units, big endian.</summary>
internal sealed class Utf16Order : KeyOrder<string>
{
    public override void Encode(string key, ref RecordWriter writer)
    {
        ArgumentNullException.ThrowIfNull(key);
        Span<byte> room = writer.GetSpan(sizeof(char) * key.Length);
        for (int i = 0; i < key.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(room[(sizeof(char) * i)..], key[i]);
        }

        writer.Advance(sizeof(char) * key.Length);
    }

    public override string Decode(ReadOnlySpan<byte> encoded) => string.Create(
        encoded.Length / sizeof(char),
        encoded,
        static (text, bytes) =>
        {
            for (int i = 0; i < text.Length; i++)
            {
                text[i] = (char)BinaryPrimitives.ReadUInt16BigEndian(bytes[(sizeof(char) * i)..]);
            }
        });
}
