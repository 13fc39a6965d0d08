using System.Runtime.CompilerServices;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>
/// The writing half of a shuffle: finds each record's partition and hands it to the map output buffer.
/// </summary>
/// <remarks>Ownership: the buffer stays the attempt's. Threading: the task's thread.</remarks>
internal sealed class ShuffleWriter
{
    private readonly MapOutputBuffer _buffer;
    private readonly IPartitioner _partitioner;

    public ShuffleWriter(MapOutputBuffer buffer, IPartitioner partitioner, int partitions)
    {
        _buffer = buffer;
        _partitioner = partitioner;
        Partitions = partitions;
    }

    /// <summary>Partitions of the output.</summary>
    public int Partitions { get; }

    /// <summary>The partition of the record whose value was begun last.</summary>
    public int Partition { get; private set; }

    /// <summary>Writes one record.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) =>
        _buffer.Collect(_partitioner.PartitionOf(key), key, value);

    /// <summary>For keys whose hash is known already, in a shuffle that partitions by it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(ReadOnlySpan<byte> key, ulong hash, ReadOnlySpan<byte> value) =>
        _buffer.Collect(HashPartitioner.PartitionOf(hash, Partitions), key, value);

    /// <summary>Begins a record where it will lie: first its key.</summary>
    public RecordWriter BeginKey() => _buffer.BeginKey();

    /// <summary>Ends the key, finds its partition and goes on with the value.</summary>
    public RecordWriter BeginValue(ref RecordWriter key)
    {
        Partition = _partitioner.PartitionOf(_buffer.EndKey(ref key));
        return _buffer.BeginValue(Partition);
    }

    /// <summary>Ends the record.</summary>
    public void EndRecord(ref RecordWriter value) => _buffer.EndRecord(ref value);

    /// <summary>Forgets the record; throws what stopped it when that was the buffer.</summary>
    public void AbandonRecord() => _buffer.AbandonRecord();
}
