namespace Sluice.Sorting;

/// <summary>Turns items of one type into bytes and back.</summary>
/// <typeparam name="T">May be a span, so that no item is allocated.</typeparam>
public abstract class Serializer<T>
    where T : allows ref struct
{
    /// <summary>Bytes of every item when all are of one length, or null. Serializers made of several need it.</summary>
    public virtual int? FixedLength => null;

    /// <summary>Appends the item.</summary>
    public abstract void Write(T value, ref RecordWriter writer);

    /// <summary>Reads an item that fills <paramref name="bytes"/>; it may point into them.</summary>
    public abstract T Read(ReadOnlySpan<byte> bytes);
}

/// <summary>A key and what belongs to it.</summary>
public readonly ref struct Group<TKey, TValue>
    where TKey : allows ref struct
    where TValue : allows ref struct
{
    public Group(TKey key, TValue value)
    {
        Key = key;
        Value = value;
    }

    /// <summary>What all items of the group share.</summary>
    public TKey Key { get; }

    /// <summary>What the items were folded into.</summary>
    public TValue Value { get; }

    public void Deconstruct(out TKey key, out TValue value)
    {
        key = Key;
        value = Value;
    }
}
