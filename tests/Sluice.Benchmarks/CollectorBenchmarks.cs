using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;
using Sluice.Buffers;
using Sluice.Sorting;

namespace Sluice.Benchmarks;

/// <summary>The collector by itself: 100-byte records into 8 partitions through a ring, sorted and written as blocks.</summary>
/// <remarks>The store throws the blocks away, so that the disk is not measured. The baseline sorts the same records with
/// the framework's sort and copies them out in order. Not sealed, because BenchmarkDotNet derives from it.</remarks>
public class CollectorBenchmarks : IDisposable
{
    private const int RecordLength = 100;
    private const int KeyLength = 10;
    private const int Partitions = 8;

    private readonly KeyOrder<ReadOnlySpan<byte>> _keyOrder = KeyOrders.Natural<ReadOnlySpan<byte>>();
    private readonly Serializer<ReadOnlySpan<byte>> _serializer = Serializers.Find<ReadOnlySpan<byte>>()!;
    private byte[] _records = [];
    private NetworkBufferPool? _pool;
    private LocalBufferPool? _task;

    [Params(1_000_000)]
    public int Records { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _records = new byte[Records * RecordLength];
        new Random(1).NextBytes(_records);
        _pool = new NetworkBufferPool(NetworkBufferPoolOptions.ForMemory(100L << 20, 32 * 1024));
        _task = _pool.CreateBufferPool(new BufferPoolOptions { Owner = "benchmark", Minimum = _pool.Total, Maximum = _pool.Total });
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _task?.Dispose();
        _pool?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public long Collect_sort_and_write()
    {
        using MapOutputBuffer buffer = Open();
        for (int at = 0; at < _records.Length; at += RecordLength)
        {
            ReadOnlySpan<byte> record = _records.AsSpan(at, RecordLength);
            buffer.Collect(record[0] >> 5, record[..KeyLength], record[KeyLength..]);
        }

        return End(buffer);
    }

    /// <summary>The same, but the records are serialized where they will lie.</summary>
    [Benchmark]
    public long Serialize_in_place_sort_and_write()
    {
        using MapOutputBuffer buffer = Open();
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

        return End(buffer);
    }

    /// <summary>The same, but the records are serialized into a scratch and copied from there.</summary>
    [Benchmark]
    public long Serialize_copy_sort_and_write()
    {
        using MapOutputBuffer buffer = Open();
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

        return End(buffer);
    }

    [Benchmark(Baseline = true)]
    public long Sort_with_the_framework_and_copy()
    {
        (ulong Prefix, int At)[] entries = new (ulong, int)[Records];
        for (int i = 0; i < entries.Length; i++)
        {
            entries[i] = (BinaryPrimitives.ReadUInt64BigEndian(_records.AsSpan(i * RecordLength)), i * RecordLength);
        }

        Array.Sort(entries, (x, y) => x.Prefix != y.Prefix
            ? x.Prefix.CompareTo(y.Prefix)
            : _records.AsSpan(x.At, KeyLength).SequenceCompareTo(_records.AsSpan(y.At, KeyLength)));
        byte[] sorted = new byte[_records.Length];
        for (int i = 0; i < entries.Length; i++)
        {
            _records.AsSpan(entries[i].At, RecordLength).CopyTo(sorted.AsSpan(i * RecordLength));
        }

        return sorted.Length;
    }

    private MapOutputBuffer Open() => new(_task!, new NullStore(), new MapOutputOptions
    {
        Partitions = Partitions,
        MaximumSegments = _pool!.Total - 1,
    });

    private static long End(MapOutputBuffer buffer)
    {
        MapOutput output = buffer.Finish();
        foreach (SortedRun run in output.Runs)
        {
            run.Dispose();
        }

        return output.Counters.Records;
    }

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
