using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Sluice.Silo;

/// <summary>Holds a starting silo back while the database lists silos as alive that do not answer.</summary>
/// <remarks>
/// A silo that joins must reach all that are active. Those that a crash of the whole cluster left in the database are
/// declared dead by silos that join, when they have given no sign for a while; but that is looked at when a silo joins,
/// and a silo that joined too early would wait for minutes, until its join fails. What an earlier process was at this
/// silo's own address is declared dead first, so that silos that start at once do not wait for each other.
/// </remarks>
internal sealed partial class NeighbourWait(
    IMembershipTable table,
    ILocalSiloDetails here,
    IOptions<ClusterMembershipOptions> options,
    TimeProvider time,
    ILogger<NeighbourWait> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(1);

    // What Orleans waits for, and a little for the clocks of two machines.
    private TimeSpan Silence =>
        (options.Value.IAmAliveTablePublishTimeout * options.Value.NumMissedTableIAmAliveLimit) + Interval;

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(NeighbourWait), ServiceLifecycleStage.RuntimeGrainServices - 1, WaitAsync);

    private async Task WaitAsync(CancellationToken cancellation)
    {
        await table.InitializeMembershipTable(tryInitTableVersion: true);
        long since = time.GetTimestamp();
        bool isTold = false;
        await BuryFormerSelfAsync();
        while (time.GetElapsedTime(since) < Silence && await FindMuteAsync(cancellation) is MembershipEntry mute)
        {
            if (!isTold)
            {
                LogWaits(mute.SiloName, mute.SiloAddress.Endpoint.ToString(), Silence);
                isTold = true;
            }

            await Task.Delay(Interval, time, cancellation);
        }
    }

    // Another silo may change the table meanwhile; then it is read anew.
    private async Task BuryFormerSelfAsync()
    {
        bool isDone = false;
        while (!isDone)
        {
            MembershipTableData silos = await table.ReadAll();
            (MembershipEntry? former, string etag) = silos.Members.FirstOrDefault(member =>
                member.Item1.Status != SiloStatus.Dead
                && member.Item1.SiloAddress.Endpoint.Equals(here.SiloAddress.Endpoint)
                && member.Item1.SiloAddress.Generation < here.SiloAddress.Generation) ?? new(null!, "");
            isDone = former is null;
            if (former is not null)
            {
                former.Status = SiloStatus.Dead;
                await table.UpdateRow(former, etag, silos.Version.Next());
            }
        }
    }

    /// <summary>A silo that has given a sign of late and does not answer now; null when there is none.</summary>
    private async Task<MembershipEntry?> FindMuteAsync(CancellationToken cancellation)
    {
        DateTime now = time.GetUtcNow().UtcDateTime;
        MembershipTableData silos = await table.ReadAll();
        foreach (MembershipEntry silo in silos.Members.Select(member => member.Item1))
        {
            if (silo.Status == SiloStatus.Active
                && !silo.SiloAddress.Endpoint.Equals(here.SiloAddress.Endpoint)
                && now - silo.IAmAliveTime < Silence
                && !await AnswersAsync(silo.SiloAddress, cancellation))
            {
                return silo;
            }
        }

        return null;
    }

    private static async Task<bool> AnswersAsync(SiloAddress silo, CancellationToken cancellation)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(ConnectPatience);
        using Socket socket = new(silo.Endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(silo.Endpoint, patience.Token);
            return true;
        }
        catch (Exception exception) when (
            exception is SocketException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    [LoggerMessage(
        60,
        LogLevel.Information,
        "{Silo} at {Endpoint} counts as alive and does not answer; waiting for up to {Silence}.")]
    private partial void LogWaits(string silo, string endpoint, TimeSpan silence);
}
