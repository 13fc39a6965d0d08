using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Sluice.Sorting;

internal sealed class SpanSerializer : Serializer<ReadOnlySpan<byte>>
{
    public override void Write(ReadOnlySpan<byte> value, ref RecordWriter writer) => writer.Write(value);

    public override ReadOnlySpan<byte> Read(ReadOnlySpan<byte> bytes) => bytes;
}

/// <summary>Null is an error: it would come back as no bytes.</summary>
internal sealed class ByteArraySerializer : Serializer<byte[]>
{
    public override void Write(byte[] value, ref RecordWriter writer)
    {
        ArgumentNullException.ThrowIfNull(value);
        writer.Write(value);
    }

    public override byte[] Read(ReadOnlySpan<byte> bytes) => bytes.ToArray();
}

/// <summary>
/// Text as UTF-8. Null is an error, and so is half a surrogate: both would come back as something else.
/// </summary>
internal sealed class TextSerializer : Serializer<string>
{
    public override void Write(string value, ref RecordWriter writer)
    {
        ArgumentNullException.ThrowIfNull(value);
        writer.WriteWholeText(value);
    }

    public override string Read(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}

/// <summary>Local ticks, then the offset in minutes: in memory it has bytes that mean nothing, and differ.</summary>
internal sealed class DateTimeOffsetSerializer : Serializer<DateTimeOffset>
{
    public override int? FixedLength => sizeof(long) + sizeof(short);

    public override void Write(DateTimeOffset value, ref RecordWriter writer)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long) + sizeof(short)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value.Ticks);
        BinaryPrimitives.WriteInt16LittleEndian(bytes[sizeof(long)..], (short)value.TotalOffsetMinutes);
        writer.Write(bytes);
    }

    public override DateTimeOffset Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadInt64LittleEndian(bytes),
        TimeSpan.FromMinutes(BinaryPrimitives.ReadInt16LittleEndian(bytes[sizeof(long)..])));
}

/// <summary>The value's bytes as they lie in memory; all supported machines are little endian.</summary>
/// <remarks>For types without gaps between their fields: what lies there differs from copy to copy.</remarks>
internal sealed class UnmanagedSerializer<T> : Serializer<T>
    where T : unmanaged
{
    public override int? FixedLength => Unsafe.SizeOf<T>();

    public override void Write(T value, ref RecordWriter writer) =>
        writer.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    public override T Read(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<T>(bytes);
}

