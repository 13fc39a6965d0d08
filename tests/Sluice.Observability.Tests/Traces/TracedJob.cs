using System.Diagnostics;
using System.Text;
using Sluice.Engine;
using Sluice.Jobs;

namespace Sluice.Observability.Tests;

/// <summary>Runs small jobs in this process, in a folder of their own.</summary>
internal sealed class TracedJob : IDisposable
{
    private const int SegmentSize = 4096;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(40);
    private readonly string _folder = Directory.CreateTempSubdirectory("sluice-traces-").FullName;

    public int Parallelism { get; init; } = 2;

    /// <summary>Bytes of the pool; 0 is the least.</summary>
    public long Memory { get; init; }

    public int Partitions { get; init; } = 3;

    /// <summary>Bytes of a line; eight mebibytes of them make a map task.</summary>
    public int Width { get; init; } = 80;

    public ActivityContext Parent { get; init; }

    /// <summary>Sorts lines; each is asked for, so that a test can look at what runs, or stop it.</summary>
    /// <param name="lines">Of the input.</param>
    /// <param name="ask">Called for each line, in the middle of a map.</param>
    public async Task<JobReport> SortAsync(int lines, Func<string, bool>? ask = null)
    {
        Random random = new(1);
        string input = Path.Combine(_folder, "in");
        File.WriteAllLines(
            input, Enumerable.Range(0, lines).Select(_ => $"{random.Next(1_000_000):D7} ".PadRight(Width, 'x')));
        long least = EngineOptions.LeastMemory(Parallelism, SegmentSize);
        using InProcessEngine engine = new(new EngineOptions
        {
            MemoryBytes = Math.Max(Memory, least),
            Parallelism = Parallelism,
            SegmentSize = SegmentSize,
            SpillDirectories = [Path.Combine(_folder, "spill")],

            // Which lives are drawn is chance, and they have tests of their own.
            TraceBuffers = 0,
        });
        return await engine.RunAsync(new JobRequest
        {
            Job = new AskingSort(ask ?? (_ => true)),
            Arguments = new JobArguments().Add("input", input).Add("out", Path.Combine(_folder, "out")),
            Name = "asking",
            Partitions = Partitions,
            ParentTrace = Parent,
        }).WaitAsync(Deadline);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private sealed class AskingSort(Func<string, bool> ask) : IJob
    {
        public void Define(JobBuilder job) => job
            .Read(RecordFormat.Lines, job.Arguments.GetAll("input"))
            .Where(line => ask(Encoding.UTF8.GetString(line)))
            .OrderBy(ByteKey.Whole)
            .Write(job.Arguments.Get("out"), RecordFormat.Lines);
    }
}
