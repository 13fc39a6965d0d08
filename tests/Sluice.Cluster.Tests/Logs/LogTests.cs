using System.Diagnostics;
using System.Globalization;
using Sluice.Grains;
using Sluice.Jobs;

namespace Sluice.Cluster.Tests;

/// <summary>What silos log: about which job and attempt, in which trace, and what they never log.</summary>
public sealed class LogTests
{
    private const string Own = "Sluice.";

    [Fact]
    public async Task Lines_about_a_job_that_fails_have_its_ids_and_trace_and_nothing_of_its_records()
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(2, 1, LogLines.Settings);
        LogLines[] logs = [.. hosts.Services.Select(LogLines.Of)];
        string input = hosts.Write("in-failing", [.. Enumerable.Range(0, 1000).Select(i => $"{i}"), "throw"]);
        ClusterJob job = hosts.Job("throwing", "failing", [input]);

        JobView view = await hosts.RunAsync(job);
        await SiloHosts.AwaitAsync(
            () => Task.FromResult(logs.Any(log => log.All.Any(line => line.Id == 33))), "the job's end is logged");

        LogLine[] all = [.. logs.SelectMany(log => log.All)];
        LogLine[] lines = [.. all.Where(line => line.Category.StartsWith(Own, StringComparison.Ordinal))];
        LogLine failed = lines.First(line => line.Id == 11);
        Assert.Equal(JobStatus.Failed, view.Status);
        Assert.Contains(SluiceErrors.OperatorFailed("", "").Code, failed.Text, StringComparison.Ordinal);
        Assert.Equal(
            (job.Id.ToString(), "0", "0", "1"),
            (failed.Scopes["job"], failed.Scopes["stage"], failed.Scopes["task"], failed.Scopes["attempt"]));
        Assert.All(
            lines.Where(line => line.Id is 11 or 24 or 32 or 33),
            line => Assert.Equal(job.Id.ToString(), line.Scopes["job"]));
        Assert.All(
            lines.Where(line => line.Id is 11 or 33), line => Assert.Equal(view.TraceId, line.Scopes["TraceId"]));
        Assert.DoesNotContain(all, line => line.Text.Contains("this line cannot be", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_silo_that_finds_no_database_says_so_without_the_password_however_much_it_logs()
    {
        string folder = Directory.CreateTempSubdirectory("sluice-logs-").FullName;
        string[] settings =
        [
            "Orleans:Clustering:ProviderType=AdoNet",
            "Orleans:Clustering:Invariant=Npgsql",
            "Orleans:Clustering:ConnectionString=Host=127.0.0.1;Port=21299;Database=x;Username=y;" +
                "Password=never-print-this",
            "Orleans:Endpoints:SiloPort=21297",
            "Orleans:Endpoints:GatewayPort=21298",
            "Urls=http://127.0.0.1:0",
            "Logging:LogLevel:Default=Trace",
            "Logging:LogLevel:Sluice=Trace",
            "Logging:LogLevel:Orleans.Runtime.Silo=Trace",
            "Logging:LogLevel:Orleans.Runtime.SiloLifecycleSubject=Trace",
            "Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host=Trace",
        ];

        ConsoleResult result = await ConsoleProcess.RunAsync(
            folder, ["silo", "run", .. settings.SelectMany(setting => new[] { "--set", setting })]);
        Directory.Delete(folder, recursive: true);

        Assert.Equal(3, result.ExitCode);
        Assert.Contains("error[SLU1601]", result.Error, StringComparison.Ordinal);
        Assert.True(result.Error.Split('\n').Length > 50, "It logged too little for the test to mean anything.");
        Assert.DoesNotContain("never-print-this", result.Error + result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_scope_names_what_it_is_about_and_leaves_a_trace_out_that_is_there_already()
    {
        JobId job = JobId.New();
        AttemptId attempt = new(new TaskId(new StageId(1), 2), 3);
        ActivityTraceId trace = ActivityTraceId.CreateRandom();
        using Activity span = new("inside");
        LogScope outside = new(job, attempt, trace);
        span.SetParentId(trace, ActivitySpanId.CreateRandom()).Start();
        LogScope inside = new(job, null, trace);

        Assert.Equal(
            string.Create(CultureInfo.InvariantCulture, $"job:{job}, stage:1, task:2, attempt:3, TraceId:{trace}"),
            outside.ToString());
        Assert.Equal($"job:{job}", inside.ToString());
    }
}
