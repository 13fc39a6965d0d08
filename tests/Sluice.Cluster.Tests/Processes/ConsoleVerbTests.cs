using System.Text.Json;

namespace Sluice.Cluster.Tests;

/// <summary>What the console makes of a cluster of processes, verb by verb.</summary>
public sealed class ConsoleVerbTests
{
    [Fact]
    public async Task Jobs_are_exported_and_retried_plans_explained_and_the_cluster_is_looked_at()
    {
        await using DevProcesses dev = await DevProcesses.StartAsync();
        await File.WriteAllLinesAsync(dev.PathOf("in"), ["b", "c", "a"], TestContext.Current.CancellationToken);

        JsonElement plan = await dev.AskAsync(
            "explain", "sort", dev.PathOf("in"), "--out", dev.PathOf("out"), "--partitions", "2");
        JsonElement report = await dev.AskAsync(
            "sort", dev.PathOf("in"), "--out", dev.PathOf("out"), "--partitions", "2");
        string id = report.GetProperty("id").GetString()!;
        JsonElement export = await dev.AskAsync("jobs", "export", id);
        JsonElement top = await dev.AskAsync("cluster", "top");
        ConsoleResult toFile = await dev.RunAsync("jobs", "export", id, "--out", "job.json", "--cluster", dev.Gateways);
        ConsoleResult exists = await dev.RunAsync("jobs", "export", id, "--out", "job.json", "--cluster", dev.Gateways);
        ConsoleResult again = await dev.RunAsync(
            "jobs", "export", id, "--out", "job.json", "--overwrite", "--cluster", dev.Gateways);
        ConsoleResult streamed = await dev.RunAsync("jobs", "export", id, "--out", "-", "--cluster", dev.Gateways);
        ConsoleResult table = await dev.RunAsync("cluster", "top", "--cluster", dev.Gateways);
        ConsoleResult succeeded = await dev.RunAsync("jobs", "retry", id, "--cluster", dev.Gateways);
        ConsoleResult unknown = await dev.RunAsync("jobs", "retry", new string('0', 32), "--cluster", dev.Gateways);
        ConsoleResult over = await dev.RunAsync("jobs", "cancel", id, "--cluster", dev.Gateways);
        ConsoleResult waited = await dev.RunAsync("jobs", "wait", id, "--timeout", "0", "--cluster", dev.Gateways);
        ConsoleResult patient = await dev.RunAsync("jobs", "wait", id, "--timeout", "2000h", "--cluster", dev.Gateways);
        ConsoleResult nobody = await dev.RunAsync(
            "jobs", "wait", new string('0', 32), "--timeout", "0", "--cluster", dev.Gateways);

        Assert.Equal("sluice.plan/1", plan.GetProperty("schema").GetString());
        Assert.Equal(
            ("sluice.export/1", "succeeded", "sluice.job/1", "sluice.plan/1", "sort"),
            (Text(export, "schema"), Text(export, "job", "status"), Text(export, "report", "schema"),
                Text(export, "plan", "schema"), Text(export, "order", "job")));
        Assert.Equal(Text(plan, "fingerprint"), Text(export, "plan", "fingerprint"));
        Assert.Contains(export.GetProperty("journal").EnumerateArray(), line => Text(line, "kind") == "won");
        Assert.Equal("sluice.top/1", Text(top, "schema"));
        Assert.Equal(
            [1, 1, 1],
            top.GetProperty("silos").EnumerateArray()
                .Where(silo => Text(silo, "state") == "active")
                .Select(silo => silo.GetProperty("slots").GetInt32()));
        Assert.Equal((0, ""), (toFile.ExitCode, toFile.Text));
        Assert.Equal(
            (5, true), (exists.ExitCode, exists.Error.StartsWith("error[SLU1201]", StringComparison.Ordinal)));
        Assert.Equal((0, ""), (again.ExitCode, again.Text));
        Assert.Equal("sluice.export/1", Text(JsonDocument.Parse(streamed.Text).RootElement, "schema"));
        Assert.Equal(
            Text(export, "report", "id"),
            Text(
                JsonDocument.Parse(
                    await File.ReadAllTextAsync(
                        dev.PathOf("job.json"), TestContext.Current.CancellationToken)).RootElement,
                "report",
                "id"));
        Assert.Contains("silo-1", table.Text, StringComparison.Ordinal);
        Assert.Equal(
            (5, true), (succeeded.ExitCode, succeeded.Error.StartsWith("error[SLU2107]", StringComparison.Ordinal)));
        Assert.Equal(4, unknown.ExitCode);
        Assert.Equal((5, true), (over.ExitCode, over.Error.Contains("it has succeeded", StringComparison.Ordinal)));
        Assert.Equal((0, 0, 4), (waited.ExitCode, patient.ExitCode, nobody.ExitCode));
    }

    [Fact]
    public async Task The_demo_runs_on_a_cluster_and_what_failed_is_run_again()
    {
        await using DevProcesses dev = await DevProcesses.StartAsync();
        Directory.CreateDirectory(dev.PathOf("out"));
        await File.WriteAllTextAsync(dev.PathOf("out/part-00000"), "in the way", TestContext.Current.CancellationToken);
        await File.WriteAllLinesAsync(dev.PathOf("in"), ["b", "c", "a"], TestContext.Current.CancellationToken);
        ConsoleResult refused = await dev.RunAsync("sort", "in", "--out", "out", "--cluster", dev.Gateways);
        string id = (await dev.AskAsync("jobs", "ls")).GetProperty("jobs")[0].GetProperty("id").GetString()!;
        Directory.Delete(dev.PathOf("out"), recursive: true);

        JsonElement again = await dev.AskAsync("jobs", "retry", id);
        JsonElement demo = await dev.AskAsync("demo");

        Assert.NotEqual(0, refused.ExitCode);
        Assert.Equal("succeeded", Text(again, "status"));
        Assert.NotEqual(id, Text(again, "id"));
        Assert.Equal(
            "a\nb\nc\n",
            string.Concat(Directory.GetFiles(dev.PathOf("out"), "part-*")
                .Order(StringComparer.Ordinal)
                .Select(File.ReadAllText)));
        Assert.Equal(Text(demo, "generatedChecksum"), Text(demo, "verification", "checksum"));
    }

    [Fact]
    public async Task A_job_that_the_silos_have_is_run_explained_and_left_by_its_name()
    {
        await using DevProcesses dev = await DevProcesses.StartAsync();
        await File.WriteAllLinesAsync(dev.PathOf("in"), ["b", "c", "a"], TestContext.Current.CancellationToken);
        string[] sort = ["sort", "--arg", $"input={dev.PathOf("in")}", "--arg", $"out={dev.PathOf("out")}"];

        JsonElement plan = await dev.AskAsync(["explain", "run", .. sort, "--partitions", "2"]);
        JsonElement report = await dev.AskAsync(["run", .. sort, "--partitions", "2", "--name", "mine"]);
        JsonElement left = await dev.AskAsync(["run", .. sort, "--overwrite", "--detach"]);
        string id = left.GetProperty("jobs")[0].GetProperty("id").GetString()!;
        ConsoleResult end = await dev.RunAsync("jobs", "wait", id, "--cluster", dev.Gateways);
        ConsoleResult unasked = await dev.RunAsync(
            ["run", .. sort, "--overwrite", "--arg", "colour=red", "--cluster", dev.Gateways]);
        ConsoleResult unknown = await dev.RunAsync(
            "run", "Nobody", "--arg", "input=in", "--arg", "out=out", "--cluster", dev.Gateways);

        Assert.Equal(("sluice.plan/1", "sort"), (Text(plan, "schema"), Text(plan, "name")));
        Assert.Equal(("mine", "succeeded"), (Text(report, "name"), Text(report, "status")));
        Assert.Equal(0, end.ExitCode);
        Assert.Equal(0, unasked.ExitCode);
        Assert.Contains("the job does not ask for 'colour', only for ", unasked.Error, StringComparison.Ordinal);
        Assert.Equal(4, unknown.ExitCode);
        Assert.StartsWith("error[SLU1010]", unknown.Error, StringComparison.Ordinal);
        Assert.Equal(
            "a\nb\nc\n",
            string.Concat(Directory.GetFiles(dev.PathOf("out"), "part-*")
                .Order(StringComparer.Ordinal)
                .Select(File.ReadAllText)));
    }

    [Fact]
    public async Task Jobs_of_an_assembly_that_silos_are_started_with_run_by_their_names()
    {
        await using DevProcesses dev = await DevProcesses.StartAsync(null, "--assembly", UserJobs.Assembly);
        await File.WriteAllLinesAsync(dev.PathOf("in"), ["bb", "c", "aa"], TestContext.Current.CancellationToken);
        string input = $"input={dev.PathOf("in")}";

        JsonElement plan = await dev.AskAsync(
            "explain", "run", "copy-lines", "--arg", input, "--arg", $"out={dev.PathOf("out")}");
        JsonElement copied = await dev.AskAsync(
            "run", "copy-lines", "--arg", input, "--arg", $"out={dev.PathOf("out")}");
        JsonElement counted = await dev.AskAsync(
            "run", "LineLengths", "--arg", input, "--arg", $"out={dev.PathOf("lengths")}");
        ConsoleResult ambiguous = await dev.RunAsync("run", "Twin", "--arg", input, "--cluster", dev.Gateways);

        Assert.Equal("copy-lines", Text(plan, "name"));
        Assert.Equal(("succeeded", "succeeded"), (Text(copied, "status"), Text(counted, "status")));
        Assert.Equal(["aa", "bb", "c"], await File.ReadAllLinesAsync(
            dev.PathOf("out/part-00000"), TestContext.Current.CancellationToken));
        Assert.Equal(["1 bytes: 1 lines", "2 bytes: 2 lines"], await File.ReadAllLinesAsync(
            dev.PathOf("lengths/part-00000"), TestContext.Current.CancellationToken));
        Assert.Equal(4, ambiguous.ExitCode);
        Assert.Contains(
            "Sluice.UserJobs.East.Twin, Sluice.UserJobs.West.Twin", ambiguous.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dev --assembly none.dll", 4, "SLU2301")]
    [InlineData("silo run --assembly none.dll", 4, "SLU2301")]
    [InlineData("dev --assembly JOBS --assembly copy/Sluice.UserJobs.dll", 2, "SLU2308")]
    [InlineData("silo run --assembly JOBS --assembly copy/Sluice.UserJobs.dll", 2, "SLU2308")]
    public async Task An_assembly_that_silos_cannot_use_is_refused_before_any_starts(
        string call, int exitCode, string code)
    {
        string folder = Directory.CreateTempSubdirectory("sluice-jobs-").FullName;
        UserJobs.CopyTo(Path.Combine(folder, "copy"));

        ConsoleResult result = await ConsoleProcess.RunAsync(
            folder, call.Replace("JOBS", UserJobs.Assembly, StringComparison.Ordinal).Split(' '));

        Assert.Equal((exitCode, ""), (result.ExitCode, result.Text));
        Assert.StartsWith($"error[{code}]", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(folder, ".sluice")), "Something was started.");
        Directory.Delete(folder, recursive: true);
    }

    private static string Text(JsonElement element, params string[] path) =>
        path.Aggregate(element, (inner, name) => inner.GetProperty(name)).GetString()!;
}
