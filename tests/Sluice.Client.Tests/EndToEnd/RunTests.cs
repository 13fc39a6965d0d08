using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Sluice.Client.Tests;

/// <summary>Jobs of an assembly that the console was not built with.</summary>
public sealed class RunTests : ConsoleTest
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task A_job_of_ones_own_gives_what_a_naive_count_gives()
    {
        string[] lines = [.. RandomLines(seed: 7, count: 20_000)];
        Write("in", string.Concat(lines.Select(line => $"{line}\n")));

        ConsoleResult result = await RunJob(
            "LineLengths", "--arg", "input=in", "--arg", "out=out", "--partitions", "3", "--memory", "4MiB",
            "--name", "mine", "-o", "json");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        JsonElement report = JsonDocument.Parse(result.Text).RootElement;
        Assert.Equal("sluice.job/1", report.GetProperty("schema").GetString());
        Assert.Equal("mine", report.GetProperty("name").GetString());
        Assert.Equal(PathOf("out"), report.GetProperty("output").GetString());
        Assert.Equal(3, Directory.GetFiles(PathOf("out"), "part-*").Length);
        Assert.Equal(Counted(lines, "bytes", line => line.Length), PartLines());
        Assert.Equal(
            PartLines().Length, report.GetProperty("certificate").GetProperty("records").GetInt32());
        AssertNoSpill();
    }

    [Fact]
    public async Task What_a_job_needs_beside_itself_is_loaded()
    {
        string[] lines = [.. RandomLines(seed: 8, count: 500)];
        Write("in", string.Concat(lines.Select(line => $"{line}\n")));

        ConsoleResult result = await RunJob("VowelCounts", "--arg", "input=in", "--arg", "out=out");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(Counted(lines, "vowels", line => line.Count("aeiou".Contains)), PartLines());
    }

    [Fact]
    public async Task What_lies_beside_a_job_and_in_no_list_is_loaded_too()
    {
        Write("in", "aeb\n");
        string assembly = UserJobs.CopyTo(PathOf("jobs"));
        string list = Path.ChangeExtension(assembly, ".deps.json");
        await File.WriteAllTextAsync(
            list,
            (await File.ReadAllTextAsync(list, TestContext.Current.CancellationToken))
                .Replace(UserJobs.Library, "Some.Other.Library", StringComparison.Ordinal),
            TestContext.Current.CancellationToken);

        ConsoleResult result = await Run(
            "run", "VowelCounts", "--assembly", assembly, "--arg", "input=in", "--arg", "out=out");

        Assert.Equal((0, "2 vowels: 1 lines\n"), (result.ExitCode, Text(Parts())));
    }

    [Theory]
    [InlineData("copy-lines")]
    [InlineData("CopyLines")]
    [InlineData("Sluice.UserJobs.Nested.CopyLines")]
    [InlineData("Sluice.UserJobs.Nested+CopyLines")]
    public async Task A_job_is_called_by_its_name_its_class_or_its_full_name(string job)
    {
        Write("in", "b\na\n");

        ConsoleResult result = await RunJob(job, "--arg", "input=in", "--arg", "out=out");

        Assert.Equal((0, "a\nb\n"), (result.ExitCode, Text(Parts())));
    }

    [Fact]
    public async Task Records_come_from_standard_input_and_go_to_standard_output()
    {
        ConsoleResult result = await RunWith(
            "b\na\n"u8.ToArray(),
            "run", "copy-lines", "--assembly", UserJobs.Assembly, "--arg", "input=-", "--arg", "out=-");

        Assert.Equal((0, "a\nb\n"), (result.ExitCode, result.Text));
        Assert.Contains("succeeded", result.Error, StringComparison.Ordinal);
        AssertNoSpill();
    }

    [Theory]
    [InlineData("out=-", "a\nb\n")]
    [InlineData("out=out", "")]
    public async Task What_a_job_prints_is_no_data(string output, string records)
    {
        Write("in", "b\na\n");

        ConsoleResult result = await RunJob("Chatty", "--arg", "input=in", "--arg", output, "-q", "-o", "json");

        Assert.Equal(0, result.ExitCode);
        if (records.Length > 0)
        {
            Assert.Equal(records, result.Text);
        }
        else
        {
            Assert.Equal("Chatty", JsonDocument.Parse(result.Text).RootElement.GetProperty("name").GetString());
        }

        Assert.Equal(["made", "defined", "a line of 1", "a line of 1"], result.ErrorLines);
    }

    [Fact]
    public async Task Explain_prints_a_jobs_plan_and_runs_nothing()
    {
        Write("in", "b\na\n");

        ConsoleResult result = await Run(
            "explain", "run", "CopyLines", "--assembly", UserJobs.Assembly, "--arg", "input=in", "--arg", "out=out",
            "--arg", "colour=red", "--partitions", "3", "-o", "json");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("\"schema\": \"sluice.plan/1\"", result.Text, StringComparison.Ordinal);
        Assert.Contains("3 ranges from stage 0", result.Text, StringComparison.Ordinal);
        Assert.Contains("does not ask for 'colour', only for input, out.", Unescaped(result), StringComparison.Ordinal);
        Assert.False(Directory.Exists(PathOf("out")));
    }

    [Fact]
    public async Task An_argument_that_the_job_does_not_ask_for_is_told()
    {
        Write("in", "b\na\n");

        ConsoleResult result = await RunJob(
            "LineLengths", "--arg", "input=in", "--arg", "out=out", "--arg", "colour=red");

        Assert.Equal(
            (0, "sluice: the job does not ask for 'colour', only for input, out.\n"), (result.ExitCode, result.Error));
    }

    [Fact]
    public async Task A_cluster_in_the_environment_does_not_keep_a_job_from_running_here()
    {
        Write("in", "b\na\n");

        ConsoleResult result = await ConsoleProcess.RunAsync(
            PathOf("."),
            ["run", "copy-lines", "--assembly", UserJobs.Assembly, "--arg", "input=in", "--arg", "out=out"],
            null,
            ("SLUICE_CLUSTER", "127.0.0.1:1"),
            ("SLUICE_SPILL_DIR", PathOf("spill")));

        Assert.Equal((0, "a\nb\n"), (result.ExitCode, Text(Parts())));
    }

    [Fact]
    public async Task Ctrl_C_in_the_middle_leaves_nothing()
    {
        Assert.Equal(0, (await Run("gen", "gensort", "--records", "400000", "--out", "in")).ExitCode);
        using Process process = Start(
            "run", "SortRecords", "--assembly", UserJobs.Assembly, "--arg", "records=in", "--arg", "out=out",
            "--memory", "2MiB", "--no-progress");
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        long start = Stopwatch.GetTimestamp();
        while (!Directory.Exists(PathOf("out")) || Directory.GetDirectories(PathOf("out")).Length == 0)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Deadline, "The job does not begin.");
            await Task.Delay(2, TestContext.Current.CancellationToken);
        }

        Shell($"kill -INT {process.Id}");
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Deadline);

        Assert.Equal(130, process.ExitCode);
        Assert.EndsWith("sluice: cancelled; nothing was left behind\n", await error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(PathOf("out")), "The output is left.");
        AssertNoSpill();
    }

    private static IEnumerable<string> RandomLines(int seed, int count)
    {
        Random random = new(seed);
        return Enumerable.Range(0, count).Select(
            _ => string.Concat(Enumerable.Range(0, random.Next(20)).Select(_ => (char)('a' + random.Next(26)))));
    }

    private static string[] Counted(IEnumerable<string> lines, string what, Func<string, int> key) =>
    [
        .. lines.GroupBy(key)
            .Select(group => string.Create(
                CultureInfo.InvariantCulture, $"{group.Key} {what}: {group.Count()} lines"))
            .Order(StringComparer.Ordinal),
    ];

    private static string Text(byte[] bytes) => System.Text.Encoding.UTF8.GetString(bytes);

    private static string Unescaped(ConsoleResult result) =>
        string.Join('\n', JsonDocument.Parse(result.Text).RootElement.GetProperty("warnings").EnumerateArray());

    private string[] PartLines() =>
    [
        .. Text(Parts()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal),
    ];

    private Task<ConsoleResult> RunJob(string job, params string[] arguments) =>
        Run(["run", job, "--assembly", UserJobs.Assembly, .. arguments]);
}
