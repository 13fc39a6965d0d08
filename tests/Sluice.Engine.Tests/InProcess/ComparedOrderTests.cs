using System.Text;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine.Tests;

/// <summary>Jobs that bring an order no encoding to bytes keeps: a comparer decides it.</summary>
public sealed class ComparedOrderTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Text whose runs of digits count as numbers of any length.</summary>
    private sealed class NaturalText : IComparer<string>
    {
        public int Compare(string? x, string? y)
        {
            ReadOnlySpan<char> left = x;
            ReadOnlySpan<char> right = y;
            while (!left.IsEmpty && !right.IsEmpty)
            {
                bool numbers = char.IsAsciiDigit(left[0]) && char.IsAsciiDigit(right[0]);
                ReadOnlySpan<char> a = Take(ref left, numbers);
                ReadOnlySpan<char> b = Take(ref right, numbers);
                a = numbers ? a.TrimStart('0') : a;
                b = numbers ? b.TrimStart('0') : b;
                int order = a.Length != b.Length ? a.Length.CompareTo(b.Length) : a.SequenceCompareTo(b);
                if (order != 0)
                {
                    return order;
                }
            }

            return left.Length.CompareTo(right.Length);
        }

        private static ReadOnlySpan<char> Take(ref ReadOnlySpan<char> text, bool digits)
        {
            int length = digits ? text.IndexOfAnyExceptInRange('0', '9') : 1;
            length = length < 0 ? text.Length : length;
            ReadOnlySpan<char> taken = text[..length];
            text = text[length..];
            return taken;
        }
    }

    /// <summary>Orders lines by an order of one's own.</summary>
    private sealed class LinesInOrder(KeyOrder<string> order, Duplicates duplicates = Duplicates.Keep) : IJob
    {
        public void Define(JobBuilder job) => job
            .Read(RecordFormat.Lines, job.Arguments.GetAll("input"))
            .Select(line => Encoding.UTF8.GetString(line))
            .OrderBy(line => line.Split(' ')[0], order, duplicates)
            .Write(job.Arguments.Get("out"));
    }

    [Theory]
    [Seeded(1, 1)]
    [Seeded(2, 3)]
    [Seeded(3, 16)]
    public async Task A_comparer_orders_what_no_encoding_keeps_in_order(int seed, int partitions)
    {
        Random random = new(seed);
        string Zeros(int most) => new('0', random.Next(most));
        List<string> lines = [.. Enumerable.Range(0, 4000).Select(
            i => $"{"abc"[random.Next(3)]}{Zeros(3)}{random.Next(random.Next(1, 2000))}x{random.Next(12)} {i}")];
        lines.Add($"a{new string('7', 5000)} long");
        lines.Add($"a{new string('6', 5000)} long");
        string input = _folder.Write("in", string.Join('\n', lines));

        JobReport report = await Run(
            new LinesInOrder(KeyOrders.Compared(new NaturalText())),
            input, partitions);

        Assert.Equal(lines.OrderBy(line => line.Split(' ')[0], new NaturalText()), Lines());
        Assert.True(report.Bytes.Spilled > 0, "Nothing spilled: the test is too small.");
        Assert.True(
            Parts().Count(part => new FileInfo(part).Length > 0) >= Math.Min(partitions, 3),
            "The sample made no ranges.");
    }

    [Theory]
    [InlineData(32, "map", Duplicates.Keep)]
    [InlineData(32, "map", Duplicates.Drop)]
    [InlineData(44, "reduce", Duplicates.Keep)]
    [InlineData(44, "reduce", Duplicates.Drop)]
    public async Task A_comparer_orders_what_is_merged_in_passes(int segments, string merging, Duplicates duplicates)
    {
        Random random = new(5);
        List<string> lines = [.. Enumerable.Range(0, 16_000).Select(
            i => $"{"abc"[random.Next(3)]}{new string('0', random.Next(3))}{random.Next(9000)} {i}")];
        string input = _folder.Write("in", string.Join('\n', lines));

        JobReport report = await Run(
            new LinesInOrder(KeyOrders.Compared(new NaturalText()), duplicates), input, 2, segments);

        IEnumerable<string> kept = duplicates == Duplicates.Keep
            ? lines
            : lines.DistinctBy(line => line[0] + line.Split(' ')[0][1..].TrimStart('0'));
        Assert.Equal(kept.OrderBy(line => line.Split(' ')[0], new NaturalText()), Lines());
        Assert.True(report.Stages.Single(stage => stage.Name == merging).MergePasses > 0, $"No pass in {merging}.");
    }

    [Fact]
    public async Task A_comparer_tells_which_keys_are_duplicates()
    {
        Random random = new(4);
        List<string> lines = [.. Enumerable.Range(0, 4000).Select(
            i => $"k{new string('0', random.Next(4))}{random.Next(300)} {i}")];
        string input = _folder.Write("in", string.Join('\n', lines));

        await Run(
            new LinesInOrder(KeyOrders.Descending(KeyOrders.Compared(new NaturalText())), Duplicates.Drop),
            input, 3);

        Assert.Equal(
            lines.GroupBy(line => line.Split(' ')[0][1..].TrimStart('0'))
                .Select(group => group.First())
                .OrderByDescending(line => line.Split(' ')[0], new NaturalText()),
            Lines());
    }

    private sealed class TopInOrder(KeyOrder<string> order) : IJob
    {
        public void Define(JobBuilder job) => job
            .Read(RecordFormat.Lines, job.Arguments.GetAll("input"))
            .Select(line => Encoding.UTF8.GetString(line))
            .Top(20, order)
            .Write(job.Arguments.Get("out"));
    }

    [Fact]
    public async Task A_comparer_chooses_the_first_items()
    {
        List<string> lines = [.. Enumerable.Range(0, 2000).Select(i => $"v{(i * 7919) % 2003}")];
        string input = _folder.Write("in", string.Join('\n', lines));

        await Run(
            new TopInOrder(KeyOrders.Compared(new NaturalText())), input, 3);

        Assert.Equal(lines.Order(new NaturalText()).Take(20), Lines());
    }

    private sealed class GroupInOrder(KeyOrder<string> order) : IJob
    {
        public void Define(JobBuilder job) => job
            .Read(RecordFormat.Lines, job.Arguments.GetAll("input"))
            .GroupBy(line => Encoding.UTF8.GetString(line), order)
            .Count()
            .Write(
                job.Arguments.Get("out"),
                static (Group<string, long> group, ref RecordWriter line) => line.WriteText(group.Key));
    }

    [Fact]
    public async Task A_comparer_cannot_group_and_says_so()
    {
        SluiceException thrown = await Assert.ThrowsAsync<SluiceException>(() => Run(
            new GroupInOrder(KeyOrders.Compared(StringComparer.OrdinalIgnoreCase)),
            _folder.Write("in", "a\n"), 1));

        Assert.Equal("SLU1009", thrown.Error.Code);
    }

    private async Task<JobReport> Run(IJob job, string input, int partitions, int segments = 48)
    {
        using InProcessEngine engine = new(new EngineOptions
        {
            MemoryBytes = 2 * segments * 1024,
            Parallelism = 2,
            SpillDirectories = [_folder["spill"]],
            SegmentSize = 1024,
        });
        return await engine.RunAsync(new JobRequest
        {
            Job = job,
            Arguments = new JobArguments().Add("input", input).Add("out", _folder["out"]),
            Name = "test",
            Partitions = partitions,
        }).WaitAsync(Deadline);
    }

    private string[] Parts() => [.. Directory.GetFiles(_folder["out"], "part-*").Order(StringComparer.Ordinal)];

    private string[] Lines() => [.. Parts().SelectMany(File.ReadAllLines)];
}
