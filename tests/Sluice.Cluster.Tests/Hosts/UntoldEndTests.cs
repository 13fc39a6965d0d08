using Sluice.Engine;
using Sluice.Grains;
using Sluice.Jobs;

namespace Sluice.Cluster.Tests;

/// <summary>
/// A silo that stops after its last attempt has ended, and before that attempt's job has heard of it.
/// </summary>
public sealed class UntoldEndTests
{
    [Fact]
    public async Task It_stays_until_the_job_has_taken_the_end_in()
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(2);
        SiloEngine engine = hosts.Engines[1];
        using Gate gate = new() { Holds = 1 };

        // The other silo has its map, which reads what lies there.
        ClusterJob job = await hosts.HoldAsync(
            gate, hosts.Job("gated", "out", [hosts.Write("disk-0/in", ["gate"])], ("gate", gate.Name)));
        Assert.Equal((1, 0), (hosts.Engines[0].View.Running, engine.View.Running));
        Assert.True(await hosts.Client.DrainAsync(engine.Name));

        // An attempt of its own, of which nobody tells the job.
        AttemptId attempt = new(new TaskId(new StageId(0), 0), 99);
        WireAttempt untold = WireAttempt.Of(job.Id, attempt);
        TaskCompletionSource ended = new();
        SiloJob here = engine.Jobs.Find(job.Id.Value)!;
        engine.Jobs.TryStart(
            untold,
            1,
            new StartAttempt(attempt, engine.Silo, [], new Dictionary<int, byte[]>()),
            _ => ended.SetResult());
        await ended.Task.WaitAsync(SiloHosts.Deadline);
        engine.Outputs.Release(untold.Output);
        Task stopping = hosts.StopAsync(1);

        // One that does not wait has the time to end.
        await Task.WhenAny(stopping, Task.Delay(1000));
        Assert.Equal([untold], here.Attempts);
        Assert.Same(here, engine.Jobs.Find(job.Id.Value));
        here.Forget(untold);
        await stopping;
        gate.Open();
        SiloHosts.ReportOf(await hosts.Client.WatchAsync(job.Id).WaitAsync(SiloHosts.Deadline));
    }
}
