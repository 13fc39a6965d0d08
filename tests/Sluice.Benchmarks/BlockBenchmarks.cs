using BenchmarkDotNet.Attributes;
using Sluice.Sorting;

namespace Sluice.Benchmarks;

/// <summary>What is done to every byte: checksum and certificate, beside a plain copy.</summary>
public class BlockBenchmarks
{
    private const int RecordLength = 100;

    private readonly byte[] _block = new byte[32 * 1024];
    private readonly byte[] _copy = new byte[32 * 1024];

    [GlobalSetup]
    public void Setup() => new Random(1).NextBytes(_block);

    [Benchmark(Baseline = true)]
    public void Copy() => _block.AsSpan().CopyTo(_copy);

    [Benchmark]
    public uint Checksum() => BlockFormat.Checksum(_block);

    [Benchmark]
    public RecordSum Certificate()
    {
        RecordSum sum = default;
        for (int at = 0; at + RecordLength <= _block.Length; at += RecordLength)
        {
            sum.Add(_block.AsSpan(at, RecordLength), 10);
        }

        return sum;
    }
}
