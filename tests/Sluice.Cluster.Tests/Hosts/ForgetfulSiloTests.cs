using Sluice.Grains;

namespace Sluice.Cluster.Tests;

/// <summary>A silo that was told to give a job up by somebody whom a newer coordinator has replaced.</summary>
public sealed class ForgetfulSiloTests
{
    [Fact]
    public async Task Attempts_that_a_silo_has_forgotten_run_again()
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(1);
        SiloEngine engine = hosts.Engines[0];
        string input = hosts.Write("in", Enumerable.Range(0, 2000).Select(line => $"slow {line}"));
        ClusterJob job = hosts.Job("gated", "out", [input]);
        await hosts.Client.SubmitAsync(job);
        await SiloHosts.AwaitAsync(() => Task.FromResult(engine.View.Running > 0), "it maps");

        await Task.Run(() => engine.Jobs.End(job.Id.Value)).WaitAsync(SiloHosts.Deadline);
        SiloHosts.ReportOf(await hosts.Client.WatchAsync(job.Id).WaitAsync(SiloHosts.Deadline));

        Assert.Equal(2000, hosts.Output("out").Length);
        await hosts.AssertNothingLeftAsync();
    }
}
