using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;
using Sluice.Sorting;

namespace Sluice.Benchmarks;

/// <summary>
/// The collector by itself: 100-byte records into 8 partitions through a ring, sorted and written as blocks.
/// </summary>
/// <remarks>
/// The store throws the blocks away, so that the disk is not measured. The baseline is the same collector as one would
/// build it on the framework's sort: records copied behind each other, an index of (partition, prefix, place) sorted
/// with a comparer, and the same checksummed blocks and sums written in order. Not sealed, because BenchmarkDotNet
/// derives from it.
/// </remarks>
public class CollectorBenchmarks : IDisposable
{
    private const int RecordLength = 100;
    private const int KeyLength = 10;
    private const int Partitions = 8;
    private const int BlockSize = 32 * 1024;

    private readonly KeyOrder<ReadOnlySpan<byte>> _keyOrder = KeyOrders.Natural<ReadOnlySpan<byte>>();
    private readonly Serializer<ReadOnlySpan<byte>> _serializer = Serializers.Find<ReadOnlySpan<byte>>()!;
    private readonly NullStore _store = new();
    private byte[] _records = [];
    private BenchmarkTask? _task;

    [Params(1_000_000)]
    public int Records { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _records = new byte[Records * RecordLength];
        new Random(1).NextBytes(_records);
        _task = new BenchmarkTask(100L << 20);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _task?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public long Collect_sort_and_write()
    {
        using MapOutputBuffer buffer = _task!.Collector(_store, Partitions);
        for (int at = 0; at < _records.Length; at += RecordLength)
        {
            ReadOnlySpan<byte> record = _records.AsSpan(at, RecordLength);
            buffer.Collect(record[0] >> 5, record[..KeyLength], record[KeyLength..]);
        }

        return BenchmarkTask.End(buffer);
    }

    /// <summary>The same, but the records are serialized where they will lie.</summary>
    [Benchmark]
    public long Serialize_in_place_sort_and_write()
    {
        using MapOutputBuffer buffer = _task!.Collector(_store, Partitions);
        for (int at = 0; at < _records.Length; at += RecordLength)
        {
            ReadOnlySpan<byte> record = _records.AsSpan(at, RecordLength);
            RecordWriter key = buffer.BeginKey();
            _keyOrder.Encode(record[..KeyLength], ref key);
            buffer.EndKey(ref key);
            RecordWriter value = buffer.BeginValue(record[0] >> 5);
            _serializer.Write(record[KeyLength..], ref value);
            buffer.EndRecord(ref value);
        }

        return BenchmarkTask.End(buffer);
    }

    /// <summary>The same, but the records are serialized into a scratch and copied from there.</summary>
    [Benchmark]
    public long Serialize_copy_sort_and_write()
    {
        using MapOutputBuffer buffer = _task!.Collector(_store, Partitions);
        RecordScratch keyScratch = new();
        RecordScratch valueScratch = new();
        for (int at = 0; at < _records.Length; at += RecordLength)
        {
            ReadOnlySpan<byte> record = _records.AsSpan(at, RecordLength);
            RecordWriter key = new(keyScratch);
            _keyOrder.Encode(record[..KeyLength], ref key);
            RecordWriter value = new(valueScratch);
            _serializer.Write(record[KeyLength..], ref value);
            buffer.Collect(record[0] >> 5, key.Written, value.Written);
        }

        return BenchmarkTask.End(buffer);
    }

    [Benchmark(Baseline = true)]
    public long Collect_sort_with_the_framework_and_write()
    {
        byte[] collected = new byte[_records.Length];
        Entry[] entries = new Entry[Records];
        for (int i = 0, at = 0; i < entries.Length; i++, at += RecordLength)
        {
            ReadOnlySpan<byte> record = _records.AsSpan(at, RecordLength);
            record.CopyTo(collected.AsSpan(at));
            entries[i] = new Entry(record[0] >> 5, BinaryPrimitives.ReadUInt64BigEndian(record), at);
        }

        entries.AsSpan().Sort((x, y) => Compare(x, y, collected));
        return Write(collected, entries);
    }

    // Equal keys stay in the order in which they came.
    private static int Compare(in Entry x, in Entry y, byte[] collected)
    {
        if (x.Partition != y.Partition)
        {
            return x.Partition < y.Partition ? -1 : 1;
        }

        if (x.Prefix != y.Prefix)
        {
            return x.Prefix < y.Prefix ? -1 : 1;
        }

        int order = collected.AsSpan(x.At, KeyLength).SequenceCompareTo(collected.AsSpan(y.At, KeyLength));
        return order != 0 ? order : x.At.CompareTo(y.At);
    }

    private static long Write(byte[] collected, Entry[] entries)
    {
        RecordSum[] sums = new RecordSum[Partitions];
        byte[] block = new byte[BlockSize];
        int filled = BlockFormat.HeaderSize;
        int blocks = 0;
        int partition = 0;
        foreach (ref readonly Entry entry in entries.AsSpan())
        {
            ReadOnlySpan<byte> record = collected.AsSpan(entry.At, RecordLength);
            if (entry.Partition != partition || filled + RecordLength + 2 > BlockSize)
            {
                BlockFormat.Seal(block.AsSpan(0, filled), blocks++);
                partition = entry.Partition;
                filled = BlockFormat.HeaderSize;
            }

            block[filled] = KeyLength;
            block[filled + 1] = RecordLength - KeyLength;
            record.CopyTo(block.AsSpan(filled + 2));
            sums[partition].Add(record, KeyLength);
            filled += RecordLength + 2;
        }

        BlockFormat.Seal(block.AsSpan(0, filled), blocks);
        return sums.Sum(sum => sum.Count);
    }

    private readonly record struct Entry(int Partition, ulong Prefix, int At);

    private sealed class NullStore : ISpillStore
    {
        public IStoredFile Create(string hint) => new NullFile();

        private sealed class NullFile : IStoredFile
        {
            public string Path => "nowhere";

            public void Write(ReadOnlySpan<byte> bytes, long offset)
            {
            }

            public void Write(IReadOnlyList<ReadOnlyMemory<byte>> pieces, long offset)
            {
            }

            public int Read(Span<byte> bytes, long offset) => 0;

            public void Discard(long offset, long length)
            {
            }

            public void Dispose()
            {
            }
        }
    }
}
