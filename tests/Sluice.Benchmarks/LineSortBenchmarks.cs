using System.Text;
using BenchmarkDotNet.Attributes;
using Sluice.Sorting;

namespace Sluice.Benchmarks;

/// <summary>
/// Sorting keys that have much in common, in memory: lines like those of a program, many of them the same.
/// </summary>
/// <remarks>
/// The baseline sorts places in the text with the framework's sort, and only that; the collector copies, sums and
/// writes checksummed blocks besides. Not sealed, because BenchmarkDotNet derives from it.
/// </remarks>
public class LineSortBenchmarks : IDisposable
{
    private const int Lines = 250_000;
    private const int MostIndent = 6;
    private const int MostWords = 8;

    private static readonly string[] Words =
    [
        "return", "if (", "public", "private", "static", "int", "string", "= new()", "value", "count", "{", "}",
        "index", "List<",
    ];

    private readonly NoStore _store = new();
    private readonly List<(int Start, int Length)> _lines = [];
    private byte[] _text = [];
    private BenchmarkTask? _task;

    [GlobalSetup]
    public void Setup()
    {
        Random random = new(1);
        StringBuilder text = new();
        for (int i = 0; i < Lines; i++)
        {
            int start = text.Length;
            text.Append(' ', 4 * random.Next(MostIndent));
            for (int word = random.Next(MostWords); word > 0; word--)
            {
                text.Append(Words[random.Next(Words.Length)]).Append(' ');
            }

            _lines.Add((start, text.Length - start));
        }

        _text = Encoding.ASCII.GetBytes(text.ToString());
        _task = new BenchmarkTask(64L << 20);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _task?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(OperationsPerInvoke = Lines)]
    public long Collect_sort_and_write()
    {
        using MapOutputBuffer buffer = _task!.Collector(_store, partitions: 1);
        foreach ((int start, int length) in _lines)
        {
            buffer.Collect(0, _text.AsSpan(start, length), []);
        }

        return BenchmarkTask.End(buffer);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Lines)]
    public int Span_sort()
    {
        (int Start, int Length)[] order = [.. _lines];
        order.AsSpan().Sort((left, right) =>
            _text.AsSpan(left.Start, left.Length).SequenceCompareTo(_text.AsSpan(right.Start, right.Length)));
        return order[0].Start;
    }
}
