using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;

namespace Sluice.Sorting;

/// <summary>The serializers that are known, by type.</summary>
public static class Serializers
{
    private static readonly ConcurrentDictionary<Type, object> Known = new()
    {
        [typeof(ReadOnlySpan<byte>)] = new SpanSerializer(),
        [typeof(byte[])] = new ByteArraySerializer(),
        [typeof(string)] = new TextSerializer(),
        [typeof(long)] = new UnmanagedSerializer<long>(),
        [typeof(int)] = new UnmanagedSerializer<int>(),
        [typeof(ulong)] = new UnmanagedSerializer<ulong>(),
        [typeof(uint)] = new UnmanagedSerializer<uint>(),
        [typeof(double)] = new UnmanagedSerializer<double>(),
        [typeof(float)] = new UnmanagedSerializer<float>(),
        [typeof(bool)] = new UnmanagedSerializer<bool>(),
        [typeof(decimal)] = new UnmanagedSerializer<decimal>(),
        [typeof(Guid)] = new UnmanagedSerializer<Guid>(),
        [typeof(DateTime)] = new UnmanagedSerializer<DateTime>(),
    };

    /// <summary>The serializer of a type, or null when none is known.</summary>
    public static Serializer<T>? Find<T>()
        where T : allows ref struct => Known.TryGetValue(typeof(T), out object? known) ? (Serializer<T>)known : null;

    /// <summary>Makes a serializer known; it replaces an earlier one of the same type.</summary>
    public static void Register<T>(Serializer<T> serializer)
        where T : allows ref struct => Known[typeof(T)] = serializer;

    private sealed class SpanSerializer : Serializer<ReadOnlySpan<byte>>
    {
        public override void Write(ReadOnlySpan<byte> value, ref RecordWriter writer) => writer.Write(value);

        public override ReadOnlySpan<byte> Read(ReadOnlySpan<byte> bytes) => bytes;
    }

    private sealed class ByteArraySerializer : Serializer<byte[]>
    {
        public override void Write(byte[] value, ref RecordWriter writer) => writer.Write(value);

        public override byte[] Read(ReadOnlySpan<byte> bytes) => bytes.ToArray();
    }

    private sealed class TextSerializer : Serializer<string>
    {
        public override void Write(string value, ref RecordWriter writer) => writer.WriteText(value);

        public override string Read(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
    }

    /// <summary>The value's bytes as they lie in memory; all supported machines are little endian.</summary>
    private sealed class UnmanagedSerializer<T> : Serializer<T>
        where T : unmanaged
    {
        public override void Write(T value, ref RecordWriter writer) =>
            writer.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

        public override T Read(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<T>(bytes);
    }
}

/// <summary>A group whose value is a plain struct: the value's bytes, then the key as its order encodes it.</summary>
public sealed class GroupSerializer<TKey, TValue> : Serializer<Group<TKey, TValue>>
    where TKey : allows ref struct
    where TValue : unmanaged
{
    private readonly KeyOrder<TKey> _order;

    public GroupSerializer(KeyOrder<TKey> order)
    {
        _order = order;
    }

    public override void Write(Group<TKey, TValue> value, ref RecordWriter writer)
    {
        TValue state = value.Value;
        writer.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<TValue>(in state)));
        _order.Encode(value.Key, ref writer);
    }

    public override unsafe Group<TKey, TValue> Read(ReadOnlySpan<byte> bytes) =>
        new(_order.Decode(bytes[sizeof(TValue)..]), MemoryMarshal.Read<TValue>(bytes));
}
