using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine.Tests;

/// <summary>
/// What a job's author or its user gets wrong is refused by its name, before anything runs where that can be.
/// </summary>
public sealed class UserMistakeTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_definition_that_throws_is_named_with_its_cause()
    {
        FileNotFoundException cause = new("no words.txt");

        SluiceException thrown = await Assert.ThrowsAsync<SluiceException>(() => Run(_ => throw cause));

        Assert.Equal("SLU1011", thrown.Error.Code);
        Assert.Contains("FileNotFoundException: no words.txt", thrown.Error.What, StringComparison.Ordinal);
        Assert.Same(cause, thrown.InnerException);
    }

    [Fact]
    public async Task What_a_step_lacks_is_named_before_anything_runs()
    {
        await AssertRefused("predicate", lines => lines.Where(null!));
        await AssertRefused("selector", lines => lines.Select<int>(null!));
        await AssertRefused("selector", lines => lines.SelectMany<int>(null!));
        await AssertRefused("keySelector", lines => lines.OrderBy<int>(null!));
        await AssertRefused("keySelector", lines => lines.GroupBy<int>(null!).Count());
        await AssertRefused("selector", lines => lines.GroupBy(line => line.Length).Select<int>(null!));
        await AssertRefused("selector", lines => lines.GroupBy(line => line.Length).SelectMany<int>(null!));
        await AssertRefused("aggregation", lines => lines.GroupBy(line => line.Length).Aggregate<int>(null!));
        await AssertRefused("merge", lines => lines.GroupBy(line => line.Length)
            .Aggregate(0, (ref int state, ReadOnlySpan<byte> _) => state++, null!));
        await AssertRefused("order", lines => lines.Top(1, null!));
        await AssertRefused("formatter", lines => lines.Write("out", (RecordFormatter<ReadOnlySpan<byte>>)null!));
        await AssertRefused("format", lines => lines.Write("out", (RecordFormat)null!));
        await AssertRefused("directory", lines => lines.Write("", RecordFormat.Lines));
        await AssertRefused("directory", lines => lines.Write("a\0b", RecordFormat.Lines));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public async Task An_input_that_no_path_can_be_is_missing(string input)
    {
        SluiceException thrown = await Assert.ThrowsAsync<SluiceException>(() => Run(job => job
            .Read(RecordFormat.Lines, input).Write(_folder["out"], RecordFormat.Lines)));

        Assert.Equal("SLU1101", thrown.Error.Code);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 1)]
    [InlineData(10, 0)]
    [InlineData(10, 11)]
    public void Records_of_a_length_that_cannot_be_are_refused(int recordLength, int keyLength) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new FixedFormat("mine", recordLength, keyLength));

    [Fact]
    public async Task A_pattern_that_matches_the_output_is_refused()
    {
        void Define(JobBuilder job) => job
            .Read(RecordFormat.Lines, _folder["*"]).Write(_folder["out"], RecordFormat.Lines);
        _folder.Write("in", "a\nb\n");
        await Run(Define);

        SluiceException thrown = await Assert.ThrowsAsync<SluiceException>(() => Run(Define));

        Assert.Equal("SLU1202", thrown.Error.Code);
    }

    // To the left of each arrow a link, to its right where it leads; `in/lines` is the only file.
    [Theory]
    [InlineData("link -> in", "in", "link/out")]
    [InlineData("link -> in", "in", "link")]
    [InlineData("link -> in", "in", "link/deep/out")]
    [InlineData("link -> in", "link", "in/out")]
    [InlineData("link -> .", "in", "link/in/out")]
    [InlineData("far/deep/ -> ; mid -> far/deep; link -> mid/../../in", "in", "link/out")]
    [InlineData("far/deep/ -> ; far/back -> ../in; link -> far/deep", "in", "link/out", false)]
    [InlineData("far/deep/ -> ; far/deep/back -> ../../in; link -> far/deep/back", "in", "link/out")]
    [InlineData("first -> second; second -> in", "in", "first/out")]
    [InlineData("link -> in/later", "in", "link")]
    [InlineData("link -> in", "i?", "link/out")]
    [InlineData("", "i?", "in/out")]
    [InlineData("out/ -> ; link -> out; out/in -> ../in/lines", "out/*", "link")]
    [InlineData("link -> in", "link/*", "in")]
    [InlineData("link -> in", "in/*", "link")]
    [InlineData("loop -> loop", "in", "loop/out", false)]
    public async Task An_output_that_links_lead_into_the_input_is_refused(
        string links, string input, string output, bool isInside = true)
    {
        _folder.Write("in/lines", "b\na\n");
        foreach (string[] link in links
            .Split("; ", StringSplitOptions.RemoveEmptyEntries)
            .Select(link => link.Split(" -> ")))
        {
            if (link[0].EndsWith('/'))
            {
                Directory.CreateDirectory(_folder[link[0]]);
            }
            else
            {
                File.CreateSymbolicLink(_folder[link[0]], link[1]);
            }
        }

        SluiceException? thrown = (SluiceException?)await Record.ExceptionAsync(() => Run(job => job
            .Read(RecordFormat.Lines, _folder[input]).Write(_folder[output], RecordFormat.Lines)));

        Assert.Equal(isInside, thrown?.Error.Code == "SLU1202");
        Assert.Equal("b\na\n", File.ReadAllText(_folder["in/lines"]));
    }

    [Fact]
    public async Task A_comparison_that_throws_in_the_sample_is_told_with_its_own_words()
    {
        KeyOrder<int> order = KeyOrders.Compared<int>(
            (_, _) => throw new InvalidOperationException("these do not compare"));
        string input = _folder.Write("in", "a\nb\nc\n");

        SluiceException thrown = await Assert.ThrowsAsync<SluiceException>(() => Run(job => job
            .Read(RecordFormat.Lines, input)
            .OrderBy(line => line.Length, order)
            .Write(_folder["out"], RecordFormat.Lines)));

        Assert.Contains("these do not compare", thrown.Error.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_item_that_top_cannot_write_is_told_as_in_any_other_shuffle()
    {
        string input = _folder.Write("in", "a\nb\nc\n");

        SluiceException thrown = await Assert.ThrowsAsync<SluiceException>(() => Run(job => job
            .Read(RecordFormat.Lines, input)
            .Select(_ => (string)null!)
            .Top(2, KeyOrders.Natural<string>())
            .Write(_folder["out"])));

        Assert.Equal("SLU1405", thrown.Error.Code);
    }

    private async Task AssertRefused(string parameter, Action<Dataset<ReadOnlySpan<byte>>> define)
    {
        string input = _folder.Write("in", "a\n");

        SluiceException thrown = await Assert.ThrowsAsync<SluiceException>(
            () => Run(job => define(job.Read(RecordFormat.Lines, input))));

        Assert.Equal("SLU1011", thrown.Error.Code);
        Assert.Equal(parameter, Assert.IsAssignableFrom<ArgumentException>(thrown.InnerException).ParamName);
    }

    private async Task Run(Action<JobBuilder> define)
    {
        using InProcessEngine engine = new(new EngineOptions
        {
            MemoryBytes = 48 * 1024,
            Parallelism = 1,
            SpillDirectories = [_folder["spill"]],
            SegmentSize = 1024,
        });
        await engine.RunAsync(new JobRequest
        {
            Job = new Defined(define),
            Arguments = new JobArguments(),
            Name = "test",
            Partitions = 2,
            Overwrite = true,
        }).WaitAsync(Deadline);
    }

    private sealed class Defined(Action<JobBuilder> define) : IJob
    {
        public void Define(JobBuilder job) => define(job);
    }
}
