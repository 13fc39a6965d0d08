using Sluice.Buffers;

namespace Sluice.Engine;

/// <summary>The engines that live, and the sums over those that have ended: what gauges are asked for.</summary>
/// <remarks>
/// Counts go on when an engine ends, because counters must not fall; gauges end with it. Threading: any thread.
/// </remarks>
internal static class EngineSums
{
    // Under Gate: engines that live, and the sums of ended attempts by silo and kind of stage.
    private static readonly List<ObservedEngine> Engines = [];
    private static readonly Dictionary<(string Silo, string Stage), StageTotals> Ended = [];
    private static readonly Dictionary<(string Silo, string Flow), (long Bytes, TimeSpan Time)> EndedDisk = [];
    private static readonly Dictionary<(string Silo, string Peer), long> EndedReceived = [];
    private static readonly Dictionary<(string Silo, string Owner), TimeSpan> EndedWaits = [];

    /// <summary>
    /// Guards the engines and the sums, so that each attempt is counted once while it moves from one to the other.
    /// </summary>
    public static Lock Gate { get; } = new();

    /// <summary>Tells its gauges from now on.</summary>
    public static void Register(ObservedEngine engine)
    {
        lock (Gate)
        {
            Engines.Add(engine);
        }
    }

    /// <summary>Tells its gauges no more, and keeps its counts.</summary>
    public static void Unregister(ObservedEngine engine)
    {
        lock (Gate)
        {
            if (!Engines.Remove(engine))
            {
                return;
            }

            AddDisk(EndedDisk, engine);
            AddWaits(EndedWaits, engine);
            AddReceived(EndedReceived, engine);
        }
    }

    /// <summary>Adds what an attempt has counted to the sums; called under the gate.</summary>
    public static void Add(string silo, string stage, StageTotals totals)
    {
        if (!Ended.TryGetValue((silo, stage), out StageTotals? sums))
        {
            Ended[(silo, stage)] = sums = new StageTotals();
        }

        sums.Add(totals);
    }

    /// <summary>A finished output moved from memory to files.</summary>
    public static void Reclaimed(string silo, string stage, long bytes)
    {
        if (bytes > 0)
        {
            lock (Gate)
            {
                Add(silo, stage, new StageTotals { SpilledBytes = bytes });
            }
        }
    }

    /// <summary>The engines that live.</summary>
    public static IReadOnlyList<ObservedEngine> Living()
    {
        lock (Gate)
        {
            return [.. Engines];
        }
    }

    /// <summary>The sums of all attempts, ended and running, by silo and kind of stage.</summary>
    public static IReadOnlyDictionary<(string Silo, string Stage), StageTotals> Totals()
    {
        Dictionary<(string Silo, string Stage), StageTotals> all = [];
        StageTotals Of(string silo, string stage) =>
            all.TryGetValue((silo, stage), out StageTotals? sums) ? sums : all[(silo, stage)] = new StageTotals();
        List<(string Silo, ObservedAttempt Attempt)> running = [];
        lock (Gate)
        {
            foreach (((string silo, string stage), StageTotals sums) in Ended)
            {
                Of(silo, stage).Add(sums);
            }

            foreach (ObservedEngine engine in Engines)
            {
                running.AddRange(engine.RunningLocked().Select(attempt => (engine.Silo, attempt)));
            }
        }

        // What has ended since counts as it stands at its end, and once.
        foreach ((string silo, ObservedAttempt attempt) in running)
        {
            Of(silo, attempt.Stage).Add(attempt.Totals());
        }

        return all;
    }

    /// <summary>Bytes and time of spill files by silo and direction, since the process began.</summary>
    public static IReadOnlyDictionary<(string Silo, string Flow), (long Bytes, TimeSpan Time)> Disk()
    {
        lock (Gate)
        {
            Dictionary<(string Silo, string Flow), (long Bytes, TimeSpan Time)> all = new(EndedDisk);
            Engines.ForEach(engine => AddDisk(all, engine));
            return all;
        }
    }

    /// <summary>Bytes received by pair of silos, since the process began.</summary>
    public static IReadOnlyDictionary<(string Silo, string Peer), long> Received()
    {
        lock (Gate)
        {
            Dictionary<(string Silo, string Peer), long> all = new(EndedReceived);
            Engines.ForEach(engine => AddReceived(all, engine));
            return all;
        }
    }

    /// <summary>Time that requests for segments have waited by silo and owner, since the process began.</summary>
    public static IReadOnlyDictionary<(string Silo, string Owner), TimeSpan> Waited()
    {
        lock (Gate)
        {
            Dictionary<(string Silo, string Owner), TimeSpan> all = new(EndedWaits);
            Engines.ForEach(engine => AddWaits(all, engine));
            return all;
        }
    }

    private static void AddDisk(
        Dictionary<(string Silo, string Flow), (long Bytes, TimeSpan Time)> sums, ObservedEngine engine)
    {
        Add("read", engine.Spill.ReadBytes, engine.Spill.ReadTime);
        Add("write", engine.Spill.WrittenBytes, engine.Spill.WriteTime);

        void Add(string flow, long moreBytes, TimeSpan moreTime)
        {
            (long bytes, TimeSpan time) = sums.GetValueOrDefault((engine.Silo, flow));
            sums[(engine.Silo, flow)] = (bytes + moreBytes, time + moreTime);
        }
    }

    private static void AddReceived(Dictionary<(string Silo, string Peer), long> sums, ObservedEngine engine)
    {
        foreach (PeerTraffic peer in engine.Peers)
        {
            sums[(engine.Silo, peer.Peer)] = sums.GetValueOrDefault((engine.Silo, peer.Peer)) + peer.ReceivedBytes;
        }
    }

    private static void AddWaits(Dictionary<(string Silo, string Owner), TimeSpan> sums, ObservedEngine engine)
    {
        foreach (PoolGroup group in engine.Pool.Status().Groups)
        {
            sums[(engine.Silo, group.Name)] = sums.GetValueOrDefault((engine.Silo, group.Name)) + group.Waited;
        }
    }
}
