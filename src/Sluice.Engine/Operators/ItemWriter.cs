using System.Runtime.CompilerServices;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>Writes byte records into a sorting shuffle; a key that starts the record is not carried twice.</summary>
internal sealed class OrderBytesWriter : Operator<ReadOnlySpan<byte>>
{
    private readonly ByteKey _key;
    private readonly ShuffleWriter _output;
    private readonly bool _isPrefix;
    private RecordSum _sum;

    public OrderBytesWriter(ByteKey key, ShuffleWriter output)
    {
        _key = key;
        _output = output;
        _isPrefix = key.IsPrefix;
    }

    /// <summary>Sum over the records as they came.</summary>
    public RecordSum Sum => _sum;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Emit(ReadOnlySpan<byte> item)
    {
        _sum.Add(item, item.Length);
        ReadOnlySpan<byte> key = _key.Of(item);
        _output.Append(key, _isPrefix ? item[key.Length..] : item);
    }

    public override void Complete()
    {
    }
}

/// <summary>Writes items of any type into a shuffle: the encoded key, then the serialized item.</summary>
/// <remarks>Both are written where the record will lie; an item that cannot be written leaves nothing there.</remarks>
internal sealed class ItemWriter<T, TKey> : Operator<T>
    where T : allows ref struct
    where TKey : allows ref struct
{
    private readonly Func<T, TKey> _keySelector;
    private readonly KeyOrder<TKey> _order;
    private readonly Serializer<T> _serializer;
    private readonly ShuffleWriter _output;
    private long _count;

    public ItemWriter(Func<T, TKey> keySelector, KeyOrder<TKey> order, Serializer<T> serializer, ShuffleWriter output)
    {
        _keySelector = keySelector;
        _order = order;
        _serializer = serializer;
        _output = output;
    }

    public override void Emit(T item)
    {
        TKey itemKey = _keySelector(item);
        RecordWriter key = _output.BeginKey();
        try
        {
            _order.Encode(itemKey, ref key);
        }
        catch (Exception exception)
        {
            _output.AbandonRecord();
            throw ItemCodecException.Writing(typeof(TKey), _count, null, exception);
        }

        RecordWriter value = _output.BeginValue(ref key);
        try
        {
            _serializer.Write(item, ref value);
        }
        catch (Exception exception)
        {
            _output.AbandonRecord();
            throw ItemCodecException.Writing(typeof(T), _count, _output.Partition, exception);
        }

        _output.EndRecord(ref value);
        _count++;
    }

    public override void Complete()
    {
    }
}

/// <summary>Encodes keys beside the shuffle.</summary>
internal static class ScratchKey
{
    /// <summary>The encoded key, valid until the scratch is written again.</summary>
    /// <param name="order">Encodes it.</param>
    /// <param name="key">The key.</param>
    /// <param name="scratch">Where it goes.</param>
    /// <param name="number">Items the task wrote before.</param>
    /// <exception cref="ItemCodecException">The order threw.</exception>
    public static ReadOnlySpan<byte> Encode<TKey>(KeyOrder<TKey> order, TKey key, RecordScratch scratch, long number)
        where TKey : allows ref struct
    {
        RecordWriter encoded = new(scratch);
        try
        {
            order.Encode(key, ref encoded);
        }
        catch (Exception exception)
        {
            throw ItemCodecException.Writing(typeof(TKey), number, null, exception);
        }

        return encoded.Written;
    }
}

/// <summary>Samples the keys of byte records for a sorting shuffle.</summary>
internal sealed class OrderBytesSampler(ByteKey key, KeySample sample) : Operator<ReadOnlySpan<byte>>
{
    public override void Emit(ReadOnlySpan<byte> item) => sample.Add(key.Of(item));

    public override void Complete()
    {
    }
}

/// <summary>Samples the keys of a sorting shuffle; the items themselves are not serialized.</summary>
internal sealed class OrderSampler<T, TKey> : Operator<T>
    where T : allows ref struct
    where TKey : allows ref struct
{
    private readonly OrderNode<T, TKey> _node;
    private readonly KeySample _sample;
    private readonly RecordScratch _scratch = new();
    private long _count;

    public OrderSampler(OrderNode<T, TKey> node, KeySample sample)
    {
        _node = node;
        _sample = sample;
    }

    public override void Emit(T item)
    {
        _sample.Add(ScratchKey.Encode(_node.Order, _node.KeySelector(item), _scratch, _count));
        _count++;
    }

    public override void Complete()
    {
    }
}

/// <summary>
/// Keeps the first items in an order and writes only those into the shuffle; equal ones as they came.
/// </summary>
/// <remarks>
/// Those that it has no room for are written before the input has ended, and it keeps the first ones of the rest: then
/// the shuffle has more than it needs, and whoever reads it takes the first.
/// </remarks>
internal sealed class TopWriter<T> : Operator<T>
    where T : allows ref struct
{
    // Of a kept item besides its bytes: two arrays, and its place in the queue.
    private const int Overhead = 80;

    private readonly TopNode<T> _node;
    private readonly long _room;
    private readonly ShuffleWriter _output;
    private readonly RecordScratch _key = new();
    private readonly RecordScratch _value = new();
    private readonly KeyComparison? _comparison;
    private readonly PriorityQueue<byte[], Place> _kept;
    private long _count;
    private long _keptBytes;

    /// <param name="node">The step.</param>
    /// <param name="room">Bytes that the kept items may take, with what the runtime needs for each.</param>
    /// <param name="output">The shuffle.</param>
    public TopWriter(TopNode<T> node, long room, ShuffleWriter output)
    {
        _room = room;
        _comparison = node.Order.Comparison;
        _kept = new PriorityQueue<byte[], Place>(Comparer<Place>.Create(LastFirst));
        _node = node;
        _output = output;
    }

    public override void Emit(T item)
    {
        long number = _count++;
        ReadOnlySpan<byte> key = ScratchKey.Encode(_node.Order, item, _key, number);
        bool isFull = _kept.Count >= _node.Count;
        if (isFull && (_node.Count == 0 || (_kept.TryPeek(out _, out Place last) && Compare(key, last.Key) >= 0)))
        {
            return;
        }

        byte[] value = Serialize(item, number);
        if (isFull)
        {
            _kept.TryDequeue(out byte[]? left, out Place place);
            _keptBytes -= BytesOf(left!, place);
        }

        Place kept = new(key.ToArray(), number);
        _kept.Enqueue(value, kept);
        _keptBytes += BytesOf(value, kept);
        if (_keptBytes > _room)
        {
            Write();
        }
    }

    public override void Complete() => Write();

    private static long BytesOf(byte[] value, Place place) => (long)place.Key.Length + value.Length + Overhead;

    private void Write()
    {
        // The shuffle keeps equal keys in the order in which they are written.
        foreach ((byte[] value, Place place) in _kept.UnorderedItems.OrderBy(kept => kept.Priority.Number))
        {
            _output.Append(place.Key, value);
        }

        _kept.Clear();
        _keptBytes = 0;
    }

    private byte[] Serialize(T item, long number)
    {
        RecordWriter value = new(_value);
        try
        {
            _node.Serializer.Write(item, ref value);
        }
        catch (Exception exception)
        {
            throw ItemCodecException.Writing(typeof(T), number, null, exception);
        }

        return value.Written.ToArray();
    }

    private int LastFirst(Place left, Place right)
    {
        int order = Compare(right.Key, left.Key);
        return order != 0 ? order : right.Number.CompareTo(left.Number);
    }

    private int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        _comparison is null ? left.SequenceCompareTo(right) : _comparison.Compare(left, right);

    /// <summary>Where an item stands: by its key, among equal ones by its number.</summary>
    private readonly record struct Place(byte[] Key, long Number);
}
