using System.Text.Json;
using Sluice.Jobs;

namespace Sluice.Client.Tests;

/// <summary>`sluice explain --why` of a report that a job printed.</summary>
public sealed class WhyTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_report_names_its_bottleneck_and_explain_tells_it_again()
    {
        string report = await SortAsync();
        ConsoleRun table = new();
        ConsoleRun json = new();

        int tableCode = await RunAsync(table, "explain", "--why", report);
        int jsonCode = await RunAsync(json, "explain", "--why", report, "-o", "json");

        Bottleneck told =
            JobReport.FromJson(await File.ReadAllTextAsync(report, TestContext.Current.CancellationToken)).Bottleneck!;
        JsonElement why = JsonDocument.Parse(json.Output).RootElement;
        Assert.Equal((0, 0), (tableCode, jsonCode));
        Assert.Equal("sluice.why/1", why.GetProperty("schema").GetString());
        Assert.Equal(told.Sentence, why.GetProperty("bottleneck").GetProperty("sentence").GetString());
        Assert.Contains(told.Sentence[..20], table.Output, StringComparison.Ordinal);
        Assert.Contains("BUSY/PRESSED/IDLE", table.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_in_what_a_cluster_exported_is_found()
    {
        string report = await File.ReadAllTextAsync(await SortAsync(), TestContext.Current.CancellationToken);
        string export = $$"""{ "schema": "sluice.export/1", "journal": [], "report": {{report}} }""";
        ConsoleRun console = new();

        int code = await RunAsync(
            console, "explain", "--why", _directory.Write("export", System.Text.Encoding.UTF8.GetBytes(export)));

        Assert.Equal(0, code);
        Assert.Contains(
            JobReport.FromJson(report).Bottleneck!.Sentence[..20], console.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_table_of_a_finished_job_names_its_bottleneck()
    {
        ConsoleRun console = new();

        await RunAsync(console, "sort", _directory.Write("in", "b\na\n"u8), "--out", _directory.File("out"));

        Assert.Contains("bottleneck  ", console.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"no\":\"report\"}")]
    [InlineData("not even JSON")]
    public async Task A_file_that_is_no_report_is_refused(string text)
    {
        ConsoleRun console = new();

        int code = await RunAsync(
            console, "explain", "--why", _directory.Write("file", System.Text.Encoding.UTF8.GetBytes(text)));

        Assert.Equal(2, code);
        Assert.Contains("is not a report", console.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_alone_says_what_is_missing()
    {
        ConsoleRun console = new();

        int code = await RunAsync(console, "explain");

        Assert.Equal(2, code);
        Assert.Contains(
            "a verb (sort, wordcount, run) or --why JOB is missing", console.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_of_a_cluster_cannot_be_explained_without_cluster_support()
    {
        ConsoleRun console = new();

        int code = await RunAsync(console, "explain", "--why", "0192f0aa");

        Assert.Equal(3, code);
    }

    private async Task<string> SortAsync()
    {
        ConsoleRun console = new();
        string input = _directory.Write("in", System.Text.Encoding.UTF8.GetBytes(
            string.Join('\n', Enumerable.Range(0, 50_000).Select(i => $"{i * 7919 % 50_000}"))));
        Assert.Equal(0, await RunAsync(console, "sort", input, "--out", _directory.File("sorted"), "-o", "json"));
        return _directory.Write("report", System.Text.Encoding.UTF8.GetBytes(console.Output));
    }

    private Task<int> RunAsync(ConsoleRun console, params string[] words) =>
        console.RunAsync(new InProcessRunner(), _directory.Path, words);
}
