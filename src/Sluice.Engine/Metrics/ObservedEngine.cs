using System.Collections.Concurrent;
using Sluice.Buffers;
using Sluice.Exchange;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>One engine or silo as measurements see it, from when it is made until it is disposed.</summary>
/// <remarks>
/// Ownership: owns nothing of what it shows. Disposed before its pool is: then its gauges are told no more, and its
/// counts stay in the process's sums. Threading: any thread.
/// </remarks>
internal sealed class ObservedEngine : IDisposable
{
    private readonly ConcurrentDictionary<string, PeerTraffic> _peers = new(StringComparer.Ordinal);

    // Under EngineSums.Gate.
    private readonly Dictionary<OutputId, ObservedAttempt> _running = [];

    private ObservedEngine()
    {
    }

    /// <summary>Its name, or `local`.</summary>
    public required string Silo { get; init; }

    public required NetworkBufferPool Pool { get; init; }

    /// <summary>Tasks that may run at once.</summary>
    public required Func<int> SlotLimit { get; init; }

    public required Func<int> SlotsUsed { get; init; }

    public required Func<int> SlotsQueued { get; init; }

    /// <summary>Disks of the spill directories; none before they are open.</summary>
    public required Func<IReadOnlyList<DiskRoom>> Disks { get; init; }

    /// <summary>What goes through spill files here.</summary>
    public SpillTraffic Spill { get; } = new();

    /// <summary>Other silos that were fetched from.</summary>
    public IEnumerable<PeerTraffic> Peers => _peers.Values;

    /// <summary>An engine in this process, with one place for everything.</summary>
    public static ObservedEngine Local(NetworkBufferPool pool, int slots, SpillDirectories spill)
    {
        ObservedEngine engine = null!;
        return engine = Register(new ObservedEngine
        {
            Silo = SiloLabel.Local,
            Pool = pool,
            SlotLimit = () => slots,
            SlotsUsed = () => engine.RunningCount,
            SlotsQueued = () => 0,
            Disks = () => DiskRoom.Of(spill),
        });
    }

    /// <summary>A silo.</summary>
    /// <param name="silo">Its address, as workers are called.</param>
    /// <param name="pool">Its pool.</param>
    /// <param name="limit">Tasks it takes at once, 0 while it drains.</param>
    /// <param name="used">Tasks that run.</param>
    /// <param name="queued">Tasks that wait for a slot.</param>
    /// <param name="spill">Its spill directories, once they are open.</param>
    public static ObservedEngine OfSilo(
        string silo,
        NetworkBufferPool pool,
        Func<int> limit,
        Func<int> used,
        Func<int> queued,
        Func<SpillDirectories?> spill) =>
        Register(new ObservedEngine
        {
            Silo = SiloLabel.Of(silo),
            Pool = pool,
            SlotLimit = limit,
            SlotsUsed = used,
            SlotsQueued = queued,
            Disks = () => DiskRoom.Of(spill()),
        });

    /// <summary>The counts of fetches from another silo.</summary>
    /// <param name="silo">`HOST:PORT@GENERATION`.</param>
    /// <param name="nameOf">What it is called; asked once.</param>
    public PeerTraffic PeerOf(string silo, Func<string, string> nameOf) => _peers.GetOrAdd(
        silo,
        static (peer, nameOf) =>
        {
            string name = nameOf(peer);
            if (name != peer)
            {
                SiloLabel.Learn(peer, name);
            }

            return new PeerTraffic(SiloLabel.Of(peer));
        },
        nameOf);

    /// <summary>An attempt begins.</summary>
    public ObservedAttempt Begin(AttemptInput input, TaskProgress progress)
    {
        ObservedAttempt attempt = new(input, progress);
        lock (EngineSums.Gate)
        {
            _running[input.Id] = attempt;
        }

        return attempt;
    }

    /// <summary>An attempt has ended: from now on its counts are among the sums.</summary>
    /// <param name="id">Which.</param>
    /// <param name="outcome">What it told, if it ended well.</param>
    public void End(OutputId id, TaskOutcome? outcome)
    {
        ObservedAttempt? attempt;
        StageTotals? totals = null;
        lock (EngineSums.Gate)
        {
            if (_running.Remove(id, out attempt))
            {
                totals = attempt.Totals(outcome);
                EngineSums.Add(Silo, attempt.Stage, totals);
            }
        }

        if (totals is not null)
        {
            EngineMeter.TaskEnded(Silo, attempt!.Stage, totals);
        }
    }

    /// <summary>A finished output moved from memory to files, before it was given up.</summary>
    public void Reclaimed(string stage, long bytes) => EngineSums.Reclaimed(Silo, stage, bytes);

    /// <summary>The attempts that run; called under the gate.</summary>
    public IReadOnlyList<ObservedAttempt> RunningLocked() => [.. _running.Values];

    /// <summary>Sums over the channels of all attempts that run.</summary>
    public IReadOnlyDictionary<ChannelPair, (int Credits, int Backlog)> Channels()
    {
        IReadOnlyList<ObservedAttempt> running;
        lock (EngineSums.Gate)
        {
            running = RunningLocked();
        }

        Dictionary<ChannelPair, (int Credits, int Backlog)> pairs = [];
        foreach (ObservedAttempt attempt in running)
        {
            foreach (InputChannel channel in attempt.Progress.Gate?.Channels ?? [])
            {
                ChannelPair pair = new(
                    attempt.Stage,
                    attempt.Upstream,
                    Silo,
                    channel.Where.Length == 0 ? Silo : SiloLabel.Of(channel.Where));
                (int credits, int backlog) = pairs.GetValueOrDefault(pair);
                pairs[pair] = (credits + channel.Credits, backlog + channel.Backlog);
            }
        }

        return pairs;
    }

    public void Dispose() => EngineSums.Unregister(this);

    private int RunningCount
    {
        get
        {
            lock (EngineSums.Gate)
            {
                return _running.Count;
            }
        }
    }

    private static ObservedEngine Register(ObservedEngine engine)
    {
        EngineMeter.Register(engine);
        return engine;
    }
}

/// <summary>Silos as measurements and reports call them: by name, so that a restart makes no new series.</summary>
/// <remarks>Threading: any thread.</remarks>
internal static class SiloLabel
{
    /// <summary>What the one silo is called where there is no cluster.</summary>
    public const string Local = "local";

    private static readonly ConcurrentDictionary<string, string> Names = new(StringComparer.Ordinal);

    /// <summary>Keeps what a silo is called.</summary>
    /// <param name="silo">`HOST:PORT@GENERATION`, as workers are called.</param>
    /// <param name="name">What people call it.</param>
    public static void Learn(string silo, string name) => Names[silo] = name;

    /// <summary>The silo's name, or its `HOST:PORT` where nobody has told it.</summary>
    /// <param name="silo">`HOST:PORT@GENERATION`, as workers are called.</param>
    public static string Of(string silo)
    {
        if (Names.TryGetValue(silo, out string? name))
        {
            return name;
        }

        int end = silo.IndexOf('@', StringComparison.Ordinal);
        return end < 0 ? silo : silo[..end];
    }
}
