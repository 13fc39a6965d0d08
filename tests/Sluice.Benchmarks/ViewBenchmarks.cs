using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Sluice.Buffers;

namespace Sluice.Benchmarks;

/// <summary>
/// Records and numbers through views over pages, each beside a copy of the same bytes into one piece.
/// </summary>
/// <remarks>The bytes fit the processor's own cache, so that the views and not the memory are measured. A record's
/// length is read from the record on both sides: a copy of a constant length would be compiled to a few
/// moves.</remarks>
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
[MemoryDiagnoser]
public class ViewBenchmarks : IDisposable
{
    private const int RecordLength = 100;
    private const int PageSize = 32 * 1024;
    private const int PageCount = 4;
    private const int RecordCount = PageCount * PageSize / RecordLength;
    private const int NumberCount = PageCount * PageSize / sizeof(long);

    private readonly byte[] _record = new byte[RecordLength];
    private readonly byte[] _numbers = new byte[PageCount * PageSize];
    private readonly MemorySlab _source = new(PageCount, PageSize);
    private readonly MemorySlab _target = new(PageCount, PageSize);
    private byte[] _bytes = [];
    private SegmentInputView _input = new();
    private SegmentOutputView _output = new([]);

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        random.NextBytes(_record);
        foreach (MemorySegment page in _source.Segments)
        {
            random.NextBytes(page.Span);
        }

        _bytes = new byte[PageCount * PageSize];
        random.NextBytes(_bytes);
        _input = new SegmentInputView(_source.Segments.ToArray(), 0, PageCount * PageSize);
        _output = new SegmentOutputView(_target.Segments.ToArray());
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _source.Dispose();
        _target.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("write records")]
    public void CopyRecordsIn()
    {
        Span<byte> target = _bytes;
        for (int i = 0; i < RecordCount; i++)
        {
            _record.AsSpan().CopyTo(target.Slice(i * RecordLength, _record.Length));
        }
    }

    [Benchmark]
    [BenchmarkCategory("write records")]
    public void WriteRecords()
    {
        _output.Position = 0;
        for (int i = 0; i < RecordCount; i++)
        {
            _output.Write(_record);
        }
    }

    [Benchmark]
    [BenchmarkCategory("write records")]
    public void WriteRecordsThroughInterface()
    {
        IDataOutputView output = _output;
        output.Position = 0;
        for (int i = 0; i < RecordCount; i++)
        {
            output.Write(_record);
        }
    }

    [Benchmark]
    [BenchmarkCategory("write records")]
    public void WriteRecordsAsBufferWriter()
    {
        _output.Position = 0;
        for (int i = 0; i < RecordCount; i++)
        {
            _record.CopyTo(_output.GetSpan(RecordLength));
            _output.Advance(RecordLength);
        }
    }

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("read records")]
    public void CopyRecordsOut()
    {
        ReadOnlySpan<byte> source = _bytes;
        for (int i = 0; i < RecordCount; i++)
        {
            source.Slice(i * RecordLength, _record.Length).CopyTo(_record);
        }
    }

    [Benchmark]
    [BenchmarkCategory("read records")]
    public void ReadRecords()
    {
        _input.Position = 0;
        for (int i = 0; i < RecordCount; i++)
        {
            _input.ReadExactly(_record);
        }
    }

    [Benchmark]
    [BenchmarkCategory("read records")]
    public void ReadRecordsThroughInterface()
    {
        IDataInputView input = _input;
        input.Position = 0;
        for (int i = 0; i < RecordCount; i++)
        {
            input.ReadExactly(_record);
        }
    }

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("write numbers")]
    public void CopyNumbersIn()
    {
        for (int i = 0; i < NumberCount; i++)
        {
            BinaryPrimitives.WriteInt64BigEndian(_numbers.AsSpan(i * sizeof(long)), i);
        }
    }

    [Benchmark]
    [BenchmarkCategory("write numbers")]
    public void WriteNumbers()
    {
        _output.Position = 0;
        for (int i = 0; i < NumberCount; i++)
        {
            _output.WriteInt64BigEndian(i);
        }
    }

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("read numbers")]
    public long CopyNumbersOut()
    {
        long sum = 0;
        for (int i = 0; i < NumberCount; i++)
        {
            sum += BinaryPrimitives.ReadInt64BigEndian(_numbers.AsSpan(i * sizeof(long)));
        }

        return sum;
    }

    [Benchmark]
    [BenchmarkCategory("read numbers")]
    public long ReadNumbers()
    {
        _input.Position = 0;
        long sum = 0;
        for (int i = 0; i < NumberCount; i++)
        {
            sum += _input.ReadInt64BigEndian();
        }

        return sum;
    }

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("copy pages")]
    public void CopyPages()
    {
        for (int i = 0; i < PageCount; i++)
        {
            _source.Segments[i].Span.CopyTo(_target.Segments[i].Span);
        }
    }

    [Benchmark]
    [BenchmarkCategory("copy pages")]
    public void CopyFromViewToView()
    {
        _input.Position = 0;
        _output.Position = 0;
        _output.Write(_input, PageCount * PageSize);
    }
}
