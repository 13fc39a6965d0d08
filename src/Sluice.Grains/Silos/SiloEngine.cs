using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sluice.Buffers;
using Sluice.Engine;
using Sluice.Exchange;
using Sluice.Jobs;
using Sluice.Observability;
using Sluice.Sorting;

namespace Sluice.Grains;

/// <summary>
/// What one silo gives to shuffles: its pool, its slots, its spill directories, its finished outputs.
/// </summary>
/// <remarks>
/// One for each silo, made and ended with it, so it outlives every grain. Jobs are planned here anew from their orders;
/// delegates never travel. Threading: any thread; attempts run on threads of their own.
/// </remarks>
internal sealed class SiloEngine : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan LeakPatience = TimeSpan.FromSeconds(20);

    private readonly SluiceSiloOptions _options;
    private readonly ILogger<SiloEngine> _logger;
    private readonly ConcurrentDictionary<Guid, SiloJob> _jobs = new();
    private readonly ConcurrentDictionary<SiloJob, Guid> _ending = new();
    private readonly SiloMemory _memory;
    private readonly SlotQueue _slots;
    private readonly DiskWait _diskWait;
    private readonly ExchangeTraffic _traffic;
    private SpillDirectories? _spill;
    private int _isDraining;
    private int _isDisposed;

    public SiloEngine(
        IOptions<SluiceSiloOptions> options,
        ILocalSiloDetails silo,
        ExchangeTraffic traffic,
        GrainTransportFactory transport,
        ILogger<SiloEngine> logger)
    {
        _options = options.Value;
        _logger = logger;
        _traffic = traffic;
        Silo = silo.SiloAddress.ToParsableString();
        Name = silo.Name;
        Gateway = silo.GatewayAddress?.Endpoint.ToString() ?? "";
        Traces = new TraceRecorder(Name);
        Slots = _options.EffectiveSlots;
        _memory = new SiloMemory(_options.EffectiveMemoryBytes, _options.SegmentSize, Slots);
        _slots = new SlotQueue(Slots);
        _diskWait = new DiskWait(_options.DiskWait);
        SiloLabel.Learn(Silo, Name);
        Observed = ObservedEngine.OfSilo(
            Silo, Pool, () => IsDraining ? 0 : Slots, () => _slots.Running, () => _slots.Queued, () => _spill);
        Transport = transport.Make(Silo, Name, Outputs, Observed);
    }

    /// <summary>The silo's address with its generation, as workers are called.</summary>
    public string Silo { get; }

    public string Name { get; }

    /// <summary>`HOST:PORT` for clients.</summary>
    public string Gateway { get; }

    /// <summary>Attempts that run at once.</summary>
    public int Slots { get; }

    public NetworkBufferPool Pool => _memory.Pool;

    /// <summary>Lends the segments into which blocks are read from files for other silos.</summary>
    public LocalBufferPool Serving => _memory.Serving;

    public ResultPartitionStore Outputs { get; } = new();

    /// <summary>What measurements are told of the silo.</summary>
    public ObservedEngine Observed { get; }

    /// <summary>How the last jobs went here.</summary>
    public TraceRecorder Traces { get; }

    /// <summary>Fetches from outputs, here and on other silos.</summary>
    public IExchangeTransport Transport { get; }

    public JobCatalog Catalog => _options.Jobs;

    public bool IsDraining => Volatile.Read(ref _isDraining) != 0;

    /// <summary>The jobs with anything here.</summary>
    public IEnumerable<SiloJob> Jobs => _jobs.Values;

    /// <summary>What the silo waits for, a sentence; null when nothing is paused.</summary>
    public string? Paused => _diskWait.Current is DiskPause pause
        ? FormattableString.Invariant($"the disk of {pause.Path} on {Name} is full; waiting for room")
        : null;

    public SiloView View => new()
    {
        Silo = Silo,
        Name = Name,
        Version = typeof(SiloEngine).Assembly.GetName().Version?.ToString(3) ?? "",
        Slots = IsDraining ? 0 : Slots,
        Running = _slots.Running,
        Queued = _slots.Queued,
        Segments = Pool.Total,
        LentSegments = Pool.Lent,
        SegmentSize = Pool.SegmentSize,
        Outputs = Outputs.Count,
        FreeDiskBytes = _spill?.FreeBytes ?? 0,
        IsDraining = IsDraining,
        Gateway = Gateway,
        Jobs = [.. _jobs.Keys],
        ProcessId = Environment.ProcessId,
        Membership = nameof(SiloStatus.Active),
        SentBytes = _traffic.SentBytes,
        ReceivedBytes = _traffic.ReceivedBytes,
        Paused = Paused,
        NearDirectories = _options.EffectiveNearDirectories,
    };

    public void Participate(ISiloLifecycle lifecycle)
    {
        // It drains while the silo is still active, and its grains with it.
        lifecycle.Subscribe(
            $"{nameof(SiloEngine)} drain", ServiceLifecycleStage.Active + 1, _ => Task.CompletedTask, DrainAsync);
        lifecycle.Subscribe(
            nameof(SiloEngine),
            ServiceLifecycleStage.ApplicationServices,
            StartAsync,
            _ => Task.Run(Dispose, CancellationToken.None));
    }

    /// <summary>The job of that id, when it has been prepared here.</summary>
    public SiloJob? Find(Guid job) => _jobs.GetValueOrDefault(job);

    /// <summary>Where something of this silo spills, until it is cancelled.</summary>
    public ISpillStore StoreFor(CancellationToken cancellation) =>
        new WaitingStore(new SpillStore(_spill!), _diskWait, cancellation);

    /// <summary>
    /// Takes a finished output over, with the pool of its segments, which others may reclaim from now on.
    /// </summary>
    public void Keep(ResultPartition output, LocalBufferPool pool) => AttemptRunner.Keep(Outputs, output, pool);

    /// <summary>Plans a job here, unless that was done before.</summary>
    /// <exception cref="SluiceException">It cannot run here.</exception>
    public SiloJob Prepare(JobOrder order, int epoch)
    {
        if (!_jobs.TryGetValue(order.Id.Value, out SiloJob? job))
        {
            JobPreparation prepared = JobPreparation.Of(
                Catalog.Create(order.Job), order.ToArguments(), order.Partitions, order.Parallelism);
            job = _jobs.GetOrAdd(order.Id.Value, _ => NewJob(order, prepared, epoch));
        }

        job.Obeys(epoch);
        return job;
    }

    /// <summary>Runs an attempt as soon as it has a slot.</summary>
    /// <param name="attempt">Which.</param>
    /// <param name="epoch">Of the coordinator that commands.</param>
    /// <param name="start">What it commands.</param>
    /// <param name="ended">Told once, when the attempt was taken on.</param>
    /// <returns>False when it was refused: unknown job, replaced coordinator, or taken on before.</returns>
    public bool TryStart(WireAttempt attempt, int epoch, StartAttempt start, Action<AttemptEnd> ended)
    {
        if (Find(attempt.Job) is not SiloJob job || !job.Obeys(epoch) || !job.TryAdd(attempt, ended))
        {
            return false;
        }

        _slots.Enter(attempt, () =>
        {
            LoggerOf(attempt).AttemptStarted(attempt.Id);
            job.Run(start, () => _slots.Leave(attempt.Job));
        });
        return true;
    }

    /// <summary>Asks an attempt to stop; one that waits for a slot has stopped.</summary>
    public void Cancel(WireAttempt attempt, int epoch)
    {
        if (Find(attempt.Job) is SiloJob job && job.Obeys(epoch))
        {
            job.Cancel(attempt);
            StopIfWaiting(job, attempt);
        }
    }

    /// <summary>
    /// Stops a job's attempts, waits for them, and throws away all that is left of it, also where another call does
    /// that just now.
    /// </summary>
    public void End(Guid id)
    {
        if (Find(id) is SiloJob job)
        {
            // In this order, so that whoever else ends it finds it in one of the two.
            _ending[job] = id;
            _jobs.TryRemove(KeyValuePair.Create(id, job));
        }

        foreach (SiloJob ending in _ending.Where(ending => ending.Value == id).Select(ending => ending.Key))
        {
            End(ending);
        }
    }

    /// <summary>Takes no attempts any more.</summary>
    public void Drain()
    {
        if (Interlocked.Exchange(ref _isDraining, 1) == 0)
        {
            _logger.SiloDrains(Name);
        }
    }

    /// <summary>Logs about a job.</summary>
    public ILogger LoggerOf(JobId job) => new ScopedLogger(_logger, () => new LogScope(job, null, default));

    /// <summary>Logs about an attempt.</summary>
    public ILogger LoggerOf(WireAttempt attempt) => new ScopedLogger(_logger, () =>
    {
        ActivityContext.TryParse(Find(attempt.Job)?.Order.TraceParent, null, out ActivityContext trace);
        return new LogScope(new JobId(attempt.Job), attempt.Id, trace.TraceId);
    });

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        foreach (Guid job in _jobs.Keys.Concat(_ending.Values))
        {
            End(job);
        }

        Outputs.Dispose();
        Observed.Dispose();
        _memory.Dispose();
        _spill?.Dispose();
    }

    private void End(SiloJob job)
    {
        job.End();
        foreach (WireAttempt attempt in job.Attempts)
        {
            StopIfWaiting(job, attempt);
        }

        job.Dispose();
        Outputs.ReleaseJob(job.Order.Id.Value);
        if (_ending.TryRemove(job, out _) && job.Tracing is BufferTracing tracing)
        {
            FindLeaksAsync(tracing).Ignore();
        }
    }

    private void StopIfWaiting(SiloJob job, WireAttempt attempt)
    {
        if (_slots.TryRemove(attempt))
        {
            job.Stop(attempt);
        }
    }

    // What was just being sent comes back when it is written, or when the desk has forgotten it: then the rest is
    // leaks.
    private static async Task FindLeaksAsync(BufferTracing tracing)
    {
        await Task.Delay(LeakPatience);
        tracing.Dispose();
    }

    private SiloJob NewJob(JobOrder order, JobPreparation prepared, int epoch)
    {
        JobRecording recording = Traces.Of(order.Id.Value);
        BufferTracing? tracing = BufferTracing.For(
            order.TraceBuffers, Name, Spans.ContextOf(order.TraceParent), recording.Add);
        return new SiloJob(order, prepared, ThreadsFor(order, tracing), Slots, epoch)
        {
            Recording = recording,
            Tracing = tracing,
        };
    }

    private AttemptThreads ThreadsFor(JobOrder order, BufferTracing? tracing)
    {
        IBlockCodec? codec = BlockCodecs.All.FirstOrDefault(known => known.Name == order.Codec);
        AttemptRunner runner = new(
            Pool,
            StoreFor,
            Outputs,
            Transport,
            _memory.SegmentsPerTask(order.MemoryBytes),
            codec,
            _diskWait,
            tracing)
        {
            Observed = Observed,
        };
        return new AttemptThreads(runner, Slots) { Silo = Name };
    }

    private Task StartAsync(CancellationToken cancellation) => Task.Run(
        () =>
        {
            // What an earlier process left in these directories is removed here.
            _spill = SpillDirectories.Open(_options.EffectiveSpillDirectories);
            _logger.SiloStarted(Name, Slots, Pool.Total, Pool.SegmentSize);
        },
        cancellation);

    private async Task DrainAsync(CancellationToken cancellation)
    {
        Drain();
        long since = Stopwatch.GetTimestamp();
        while ((_slots.Running + _slots.Queued > 0 || Outputs.Count > 0)
            && Stopwatch.GetElapsedTime(since) < _options.DrainTimeout
            && !cancellation.IsCancellationRequested)
        {
            await Task.Delay(100, CancellationToken.None);
        }
    }
}
