using System.Text;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine.Tests;

/// <summary>A job that runs with a budget runs with every larger one, and gives the same.</summary>
public sealed class BudgetTests : IDisposable
{
    private const int SegmentSize = 512;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(50);
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Every budget from the least one on, segment by segment; then ever larger steps.</summary>
    [Theory]
    [Seeded("sort", 1, false)]
    [Seeded("sort", 2, true)]
    [Seeded("unique", 3, false)]
    [Seeded("words", 4, false)]
    [Seeded("words", 5, true)]
    public async Task A_job_that_runs_with_a_budget_runs_with_every_larger_one(string kind, int seed, bool compressed)
    {
        string input = _folder.Write("in", Lines(seed));
        string[]? expected = null;
        int step = 1;
        for (int segments = TaskMemory.LeastSegments; segments < 3000; segments += step)
        {
            string[] found = await Run(kind, input, segments, compressed ? BlockCodecs.Brotli : null);

            expected ??= found;
            Assert.True(expected.AsSpan().SequenceEqual(found), $"{segments} segments give another result.");
            step = segments < 80 ? 1 : segments / 3;
        }

        Assert.NotEmpty(expected!);
    }

    // Short and long lines, some of them longer than a segment, many of them equal.
    private static string Lines(int seed)
    {
        Random random = new(seed);
        StringBuilder text = new();
        for (int i = 0; i < 700; i++)
        {
            int words = random.Next(60) == 0 ? 150 : random.Next(5);
            for (int word = 0; word < words; word++)
            {
                text.Append("word").Append(random.Next(90)).Append(' ');
            }

            text.Append(random.Next(200)).Append('\n');
        }

        return text.ToString();
    }

    private async Task<string[]> Run(string kind, string input, int segments, IBlockCodec? codec)
    {
        using InProcessEngine engine = new(new EngineOptions
        {
            MemoryBytes = (long)segments * SegmentSize,
            Parallelism = 1,
            SpillDirectories = [_folder["spill"]],
            SegmentSize = SegmentSize,
            Codec = codec,
        });
        JobArguments arguments = new JobArguments().Add("input", input).Add("out", _folder["out"]);
        await engine.RunAsync(new JobRequest
        {
            Job = kind switch
            {
                "words" => new WordCountJob(),
                "unique" => new UniqueLines(),
                _ => new SortJob(),
            },
            Arguments = arguments,
            Name = "test",
            Partitions = 3,
            Overwrite = true,
        }).WaitAsync(Deadline);
        IEnumerable<string> parts = Directory.GetFiles(_folder["out"], "part-*").Order(StringComparer.Ordinal);
        string[] lines = [.. parts.SelectMany(File.ReadAllLines)];
        Assert.False(Directory.Exists(_folder["spill"]), "Spill files are left.");
        return lines;
    }

    /// <summary>Sorts lines and drops those that come again.</summary>
    private sealed class UniqueLines : IJob
    {
        public void Define(JobBuilder job) => job
            .Read(RecordFormat.Lines, job.Arguments.GetAll("input"))
            .OrderBy(ByteKey.Whole, Duplicates.Drop)
            .Write(job.Arguments.Get("out"), RecordFormat.Lines);
    }
}
