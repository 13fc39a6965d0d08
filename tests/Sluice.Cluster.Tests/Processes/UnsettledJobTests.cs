using System.Diagnostics;
using System.Text.Json;

namespace Sluice.Cluster.Tests;

/// <summary>What the console and its silos make of a cluster, or a disk, that takes nothing more.</summary>
public sealed class UnsettledJobTests
{
    [Fact]
    public async Task A_job_that_cannot_be_seen_to_end_is_not_called_cancelled()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using DevProcesses dev = await DevProcesses.StartAsync();
        await dev.RunAsync("gen", "gensort", "--ascii", "--records", "1000000", "--out", "in", "-q");
        using Process sort = dev.Start("sort", "in", "--out", "out", "--cluster", dev.Gateways);
        await DevProcesses.AwaitAsync(() => Task.FromResult(dev.Journaled("out", "attempt", 1) > 0), "the job runs");

        ConsoleEnd end;
        SignalAll(dev, "STOP");
        try
        {
            DevProcesses.Signal("INT", sort.Id);
            string error = await sort.StandardError.ReadToEndAsync(cancellation);
            await sort.WaitForExitAsync(cancellation);
            end = new ConsoleEnd(sort.ExitCode, error);
        }
        finally
        {
            SignalAll(dev, "CONT");
        }

        Assert.True(end.ExitCode == 130, $"{end.ExitCode}: {end.Error}");
        Assert.DoesNotContain("nothing was left", end.Error, StringComparison.Ordinal);
        Assert.Contains("was not seen to end", end.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silos_whose_logs_find_no_room_go_on()
    {
        await using DevProcesses dev = await DevProcesses.StartAsync(folder =>
        {
            string logs = Directory.CreateDirectory(Path.Combine(folder, ".sluice", "logs")).FullName;
            File.CreateSymbolicLink(Path.Combine(logs, "silo-1.log"), "/dev/full");
        });
        await File.WriteAllLinesAsync(dev.PathOf("in"), ["b", "a"], TestContext.Current.CancellationToken);

        JsonElement report = await dev.AskAsync("sort", "in", "--out", "out");

        Assert.Equal("succeeded", report.GetProperty("status").GetString());
    }

    private static void SignalAll(DevProcesses dev, string signal)
    {
        foreach (int silo in dev.Children.Values)
        {
            DevProcesses.Signal(signal, silo);
        }
    }

    private sealed record ConsoleEnd(int ExitCode, string Error);
}
