using System.Text.Json;
using Sluice.Jobs;

namespace Sluice.Client.Tests;

public sealed class JobVerbTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly NotingRunner _runner = new();

    [Fact]
    public async Task Sort_hands_every_option_to_the_engine()
    {
        ConsoleRun console = new();
        string input = _directory.Write("in", "b\na\n"u8);

        int code = await Run(
            console, "sort", input, "--out", _directory.File("out"), "--key", "2-5", "--unique", "--overwrite",
            "--name", "mine",
            "--partitions", "7", "--parallelism", "3", "--memory", "64MiB", "--spill-dir", "/a", "--spill-dir", "/b",
            "--format", "gensort");

        Assert.Equal(0, code);
        Assert.Equal((64L << 20, 3), (_runner.Options!.MemoryBytes, _runner.Options.Parallelism));
        Assert.Equal(["/a", "/b"], _runner.Options.SpillDirectories);
        Assert.Equal(("mine", 7, true), (_runner.Request!.Name, _runner.Request.Partitions, _runner.Request.Overwrite));
        Assert.IsType<SortJob>(_runner.Request.Job);
        JobArguments arguments = _runner.Request.Arguments;
        Assert.Equal(
            (input, _directory.File("out"), "gensort", "2-5", true),
            (arguments.Get("input"), arguments.Get("out"), arguments.Get("format"),
                arguments.Get("key"), arguments.IsOn("unique")));
    }

    [Fact]
    public async Task Paths_are_made_absolute()
    {
        await Run(new ConsoleRun(), "wordcount", "some/*.txt", "x", "--out", _directory.File("out"));

        Assert.Equal(
            [Path.GetFullPath("some/*.txt"), Path.GetFullPath("x")],
            _runner.Request!.Arguments.GetAll("input"));
    }

    [Fact]
    public async Task Standard_input_is_spooled_for_the_job_and_gone_afterwards()
    {
        ConsoleRun console = new() { Input = "b\na\n" };

        int code = await Run(console, "sort", "-", "--out", _directory.File("out"));

        Assert.Equal((0, "b\na\n"), (code, _runner.InputText));
        AssertNothingSpilled();
    }

    [Fact]
    public async Task Records_go_to_standard_output_in_the_order_of_the_parts_and_the_report_to_standard_error()
    {
        ConsoleRun console = new();

        int code = await Run(console, "sort", _directory.Write("in", "b\n"u8), "--out", "-");

        Assert.Equal((0, "first\nsecond\n", ""), (code, console.Data, console.Output));
        Assert.Contains("checksum abc", console.Error, StringComparison.Ordinal);
        AssertNothingSpilled();
    }

    [Fact]
    public async Task A_quiet_stream_says_nothing_but_records()
    {
        ConsoleRun console = new();

        await Run(console, "sort", _directory.Write("in", "b\n"u8), "--out", "-", "-q");

        Assert.Equal(("first\nsecond\n", ""), (console.Data, console.Error));
    }

    [Fact]
    public async Task The_report_is_the_data_and_a_warning_is_not()
    {
        ConsoleRun console = new();

        await Run(console, "sort", _directory.Write("in", "b\n"u8), "--out", _directory.File("out"), "-o", "ndjson");

        JsonElement report = JsonDocument.Parse(Assert.Single(console.Output.TrimEnd('\n').Split('\n'))).RootElement;
        Assert.Equal("sluice.job/1", report.GetProperty("schema").GetString());
        Assert.Equal(_directory.File("out"), report.GetProperty("output").GetString());
        Assert.Equal("sluice: something to know\n", console.Error);
    }

    [Fact]
    public async Task A_defect_is_three_lines_and_its_cause_only_when_asked_for()
    {
        string input = _directory.Write("in", "b\n"u8);
        ConsoleRun terse = new();
        ConsoleRun verbose = new();

        int code = await terse.RunAsync(
            new BrokenRunner(), _directory.Path, "sort", input, "--out", _directory.File("out"));
        await verbose.RunAsync(
            new BrokenRunner(), _directory.Path, "-v", "sort", input, "--out", _directory.File("out"));

        Assert.Equal(1, code);
        Assert.Equal(3, terse.Error.TrimEnd('\n').Split('\n').Length);
        Assert.StartsWith("error[SLU2901]", terse.Error, StringComparison.Ordinal);
        Assert.Contains(nameof(BrokenRunner), verbose.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_that_is_left_running_is_not_called_cancelled()
    {
        string input = _directory.Write("in", "b\na\n"u8);
        ConsoleRun console = new();

        int code = await console.RunAsync(
            new LeavingRunner(), _directory.Path, "sort", input, "--out", _directory.File("out"));

        Assert.Equal((130, ""), (code, console.Error));
    }

    public void Dispose() => _directory.Dispose();

    private Task<int> Run(ConsoleRun console, params string[] words) =>
        console.RunAsync(_runner, _directory.Path, words);

    private void AssertNothingSpilled() =>
        Assert.Empty(
            Directory.Exists(_directory.File("spill")) ? Directory.GetFileSystemEntries(_directory.File("spill")) : []);
}
