using System.Diagnostics.Metrics;
using Sluice.Buffers;
using Sluice.Observability;
using static Sluice.Engine.EngineMeter;

namespace Sluice.Engine;

/// <summary>The instruments that are asked: each walks the engines that live when somebody collects.</summary>
internal static class EngineGauges
{
    private static readonly Meter Meter = Telemetry.Meter;

    /// <summary>Makes them, once a process.</summary>
    public static void Create()
    {
        CreatePool();
        CreateSlots();
        CreateExchange();
        CreateTotals();
        CreateDisks();
        Meter.CreateObservableUpDownCounter(
            InstrumentNames.JobsRunning,
            () => EngineMeter.JobsRunning,
            "{job}",
            "Jobs whose coordinator is in this process.");
    }

    private static void CreatePool()
    {
        Meter.CreateObservableUpDownCounter(
            InstrumentNames.PoolLimit,
            () => EachSilo(engine => engine.Pool.Total),
            "{segment}",
            "Segments of the pool.");
        Meter.CreateObservableUpDownCounter(
            InstrumentNames.PoolFree,
            () => EachSilo(engine => engine.Pool.Free),
            "{segment}",
            "Segments that nobody holds.");
        Meter.CreateObservableUpDownCounter(
            InstrumentNames.PoolLent, Lent, "{segment}", "Segments held, by the kind of stage that holds them.");
        Meter.CreateObservableUpDownCounter(
            InstrumentNames.PoolOrphaned,
            () => EachGroup(group => (long)group.Orphaned),
            "{segment}",
            "Segments still out of pools whose owner has ended; when they stay, they leaked.");
        Meter.CreateObservableUpDownCounter(
            InstrumentNames.PoolWaiters,
            () => EachGroup(group => (long)group.Waiters),
            "{request}",
            "Requests for a segment that stand in line.");
        Meter.CreateObservableGauge(
            InstrumentNames.PoolLongestWait,
            () => EachGroup(group => group.LongestWait.TotalSeconds),
            "s",
            "How long the request has stood in line that has stood there longest.");
        Meter.CreateObservableCounter(
            InstrumentNames.PoolWaitTime,
            () => EngineSums.Waited().Select(sum => new Measurement<double>(
                sum.Value.TotalSeconds,
                Tag(MeasurementNames.Silo, sum.Key.Silo),
                Tag(MeasurementNames.PoolOwner, sum.Key.Owner))),
            "s",
            "Time that requests have stood in line, counted when they leave it.");
    }

    private static void CreateSlots()
    {
        Meter.CreateObservableUpDownCounter(
            InstrumentNames.SlotLimit,
            () => EachSilo(engine => engine.SlotLimit()),
            "{slot}",
            "Tasks that run at once; 0 while a silo drains.");
        Meter.CreateObservableUpDownCounter(
            InstrumentNames.SlotsUsed, () => EachSilo(engine => engine.SlotsUsed()), "{slot}", "Tasks that run.");
        Meter.CreateObservableUpDownCounter(
            InstrumentNames.SlotsQueued,
            () => EachSilo(engine => engine.SlotsQueued()),
            "{task}",
            "Tasks that wait for a slot.");
    }

    private static void CreateExchange()
    {
        Meter.CreateObservableUpDownCounter(
            InstrumentNames.ExchangeCredits,
            () => EachPair(pair => pair.Credits),
            "{credit}",
            "Segments promised to fetches under way, by pair of stages and of silos.");
        Meter.CreateObservableUpDownCounter(
            InstrumentNames.ExchangeBacklog,
            () => EachPair(pair => pair.Backlog),
            "{block}",
            "Blocks that wait at producers, as of the last fetches, by pair of stages and of silos.");
        Meter.CreateObservableUpDownCounter(
            InstrumentNames.ExchangeInFlight,
            EachPeer,
            "By",
            "Room promised to fetches under way from another silo.");
        Meter.CreateObservableCounter(
            InstrumentNames.ExchangeReceived,
            () => EngineSums.Received().Select(pair => new Measurement<long>(
                pair.Value, Tag(MeasurementNames.Silo, pair.Key.Silo), Tag(MeasurementNames.PeerSilo, pair.Key.Peer))),
            "By",
            "Blocks received from another silo.");
    }

    private static void CreateTotals()
    {
        Meter.CreateObservableCounter(
            InstrumentNames.Io,
            () => EachStage(
                MeasurementNames.Flow,
                ("in", sums => sums.InBytes),
                ("shuffled", sums => sums.ShuffledBytes),
                ("spilled", sums => sums.SpilledBytes),
                ("out", sums => sums.OutBytes)),
            "By",
            "Bytes read from inputs, fetched through shuffles and spilled, as tasks go; " +
            "and written to parts, when tasks end.");
        Meter.CreateObservableCounter(
            InstrumentNames.Records,
            () => EachStage(
                MeasurementNames.Flow,
                ("in", sums => sums.InRecords),
                ("shuffled", sums => sums.ShuffledRecords),
                ("out", sums => sums.OutRecords)),
            "{record}",
            "Records read from inputs, fetched through shuffles and written to parts, counted when tasks end.");
        Meter.CreateObservableCounter(
            InstrumentNames.Spills,
            () => EachStage(sums => sums.Spills),
            "{spill}",
            "Runs written to spill files, counted when tasks end.");
        Meter.CreateObservableCounter(
            InstrumentNames.MergePasses,
            () => EachStage(sums => sums.MergePasses),
            "{pass}",
            "Merges of runs into fewer, counted when tasks end.");
        Meter.CreateObservableCounter(
            InstrumentNames.Rewritten,
            () => EachStage(sums => sums.RewrittenBytes),
            "By",
            "Bytes that merge passes wrote again, counted when tasks end.");
        Meter.CreateObservableCounter(
            InstrumentNames.TaskTime,
            () => EachStage(
                MeasurementNames.TaskState,
                (TaskStates.Busy, sums => sums.Busy.TotalSeconds),
                (TaskStates.BackPressured, sums => sums.BackPressured.TotalSeconds),
                (TaskStates.Idle, sums => sums.Idle.TotalSeconds)),
            "s",
            "Time of tasks as they go: busy, waiting for room (back-pressured), waiting for input (idle).");
    }

    private static void CreateDisks()
    {
        Meter.CreateObservableCounter(
            InstrumentNames.DiskIo,
            () => EngineSums.Disk().Select(sum => new Measurement<long>(
                sum.Value.Bytes,
                Tag(MeasurementNames.Silo, sum.Key.Silo),
                Tag(MeasurementNames.Direction, sum.Key.Flow))),
            "By",
            "Bytes through spill files, whoever reads and writes them.");
        Meter.CreateObservableCounter(
            InstrumentNames.DiskTime,
            () => EngineSums.Disk().Select(sum => new Measurement<double>(
                sum.Value.Time.TotalSeconds,
                Tag(MeasurementNames.Silo, sum.Key.Silo),
                Tag(MeasurementNames.Direction, sum.Key.Flow))),
            "s",
            "Time in reads and writes of spill files, over all threads.");
        Meter.CreateObservableUpDownCounter(
            InstrumentNames.DiskFree,
            () => EachDisk(disk => disk.FreeBytes),
            "By",
            "Room left on the disk of a spill directory.");
        Meter.CreateObservableUpDownCounter(
            InstrumentNames.DiskLimit,
            () => EachDisk(disk => disk.TotalBytes),
            "By",
            "Size of the disk of a spill directory.");
    }

    // Engines of one name, several in this process one after the other or at once, are told as one.
    private static IEnumerable<Measurement<long>> EachSilo(Func<ObservedEngine, long> value) => EngineSums.Living()
        .GroupBy(engine => engine.Silo, StringComparer.Ordinal)
        .Select(silo => new Measurement<long>(silo.Sum(value), Tag(MeasurementNames.Silo, silo.Key)));

    private static List<Measurement<T>> EachGroup<T>(Func<PoolGroup, T> value)
        where T : struct, System.Numerics.INumber<T> => [.. Groups().Select(group => new Measurement<T>(
            group.Value.Select(value).Aggregate(T.Zero, (sum, one) => sum + one),
            Tag(MeasurementNames.Silo, group.Key.Silo),
            Tag(MeasurementNames.PoolOwner, group.Key.Owner)))];

    private static List<Measurement<long>> Lent() => [.. Groups().SelectMany(group => new[]
    {
        Held(group.Key, "task", group.Value.Sum(one => one.Lent)),
        Held(group.Key, "output", group.Value.Sum(one => one.Reclaimable)),
    })];

    private static Measurement<long> Held((string Silo, string Owner) key, string use, long segments) => new(
        segments,
        Tag(MeasurementNames.Silo, key.Silo),
        Tag(MeasurementNames.PoolOwner, key.Owner),
        Tag(MeasurementNames.PoolUse, use));

    private static IEnumerable<KeyValuePair<(string Silo, string Owner), List<PoolGroup>>> Groups() =>
        EngineSums.Living()
            .SelectMany(engine => engine.Pool.Status().Groups.Select(group => (engine.Silo, Group: group)))
            .GroupBy(one => (one.Silo, one.Group.Name))
            .Select(same => KeyValuePair.Create(same.Key, same.Select(one => one.Group).ToList()));

    private static IEnumerable<Measurement<long>> EachPair(Func<(int Credits, int Backlog), int> value) =>
        EngineSums.Living()
            .SelectMany(engine => engine.Channels())
            .GroupBy(pair => pair.Key)
            .Select(same => new Measurement<long>(
                same.Sum(pair => value(pair.Value)),
                Tag(MeasurementNames.Silo, same.Key.Silo),
                Tag(MeasurementNames.PeerSilo, same.Key.Peer),
                Tag(MeasurementNames.Stage, same.Key.Stage),
                Tag(MeasurementNames.PeerStage, same.Key.Upstream)));

    // A peer that was started again has its old name.
    private static IEnumerable<Measurement<long>> EachPeer() => EngineSums.Living()
        .SelectMany(engine => engine.Peers.Select(peer => (engine.Silo, peer.Peer, peer.InFlightBytes)))
        .GroupBy(pair => (pair.Silo, pair.Peer))
        .Select(same => new Measurement<long>(
            same.Sum(pair => pair.InFlightBytes),
            Tag(MeasurementNames.Silo, same.Key.Silo),
            Tag(MeasurementNames.PeerSilo, same.Key.Peer)));

    private static IEnumerable<Measurement<long>> EachDisk(Func<DiskRoom, long> value) => EngineSums.Living()
        .SelectMany(engine => engine.Disks().Select(disk => (engine.Silo, Disk: disk)))
        .DistinctBy(disk => (disk.Silo, disk.Disk.Directory))
        .Select(disk => new Measurement<long>(
            value(disk.Disk),
            Tag(MeasurementNames.Silo, disk.Silo),
            Tag(MeasurementNames.Directory, disk.Disk.Directory)));

    private static IEnumerable<Measurement<long>> EachStage(Func<StageTotals, long> value) => EngineSums.Totals()
        .Select(sums => new Measurement<long>(
            value(sums.Value), Tag(MeasurementNames.Silo, sums.Key.Silo), Tag(MeasurementNames.Stage, sums.Key.Stage)));

    private static IEnumerable<Measurement<T>> EachStage<T>(
        string attribute, params (string Name, Func<StageTotals, T> Value)[] values)
        where T : struct => EngineSums.Totals().SelectMany(sums => values.Select(value => new Measurement<T>(
            value.Value(sums.Value),
            Tag(MeasurementNames.Silo, sums.Key.Silo),
            Tag(MeasurementNames.Stage, sums.Key.Stage),
            Tag(attribute, value.Name))));
}
