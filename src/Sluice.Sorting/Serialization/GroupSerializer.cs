using System.Runtime.InteropServices;

namespace Sluice.Sorting;

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
