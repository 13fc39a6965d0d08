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
/// One for each silo, made and ended with it, so it outlives every grain. Threading: any thread.
/// </remarks>
internal sealed class SiloEngine : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(1);

    private readonly SluiceSiloOptions _options;
    private readonly ILogger<SiloEngine> _logger;
    private readonly SiloMemory _memory;
    private readonly SlotQueue _slots;
    private readonly ExchangeTraffic _traffic;
    private readonly SharedPathWait _visibility = new(SharedPathWait.OfSilos);
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
        DiskWait = new DiskWait(_options.DiskWait);
        SiloLabel.Learn(Silo, Name);
        Observed = ObservedEngine.OfSilo(
            Silo, Pool, () => IsDraining ? 0 : Slots, () => _slots.Running, () => _slots.Queued, () => _spill);
        Transport = transport.Make(Silo, Name, Outputs, Observed);
        Jobs = new SiloJobs(NewJob, _slots, Outputs, logger);
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

    /// <summary>Waits wherever the silo finds a disk full.</summary>
    public DiskWait DiskWait { get; }

    public bool IsDraining => Volatile.Read(ref _isDraining) != 0;

    /// <summary>The jobs with anything here.</summary>
    public SiloJobs Jobs { get; }

    /// <summary>What the silo waits for, a sentence; null when nothing is paused.</summary>
    public string? Paused => DiskWait.Current?.Describe(Name) ?? _visibility.Describe(Name);

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
        Jobs = [.. Jobs.Ids],
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
            _ => StopAsync());
    }

    /// <summary>Where something of this silo spills, until it is cancelled.</summary>
    public ISpillStore StoreFor(CancellationToken cancellation) =>
        new WaitingStore(new SpillStore(_spill!), DiskWait, cancellation);

    /// <summary>
    /// Takes a finished output over, with the pool of its segments, which others may reclaim from now on.
    /// </summary>
    public void Keep(ResultPartition output, LocalBufferPool pool) => AttemptRunner.Keep(Outputs, output, pool);

    /// <summary>Ends all that is here; what is lent still counts as leaked, and is told.</summary>
    public void Dispose()
    {
        if (TryEnd())
        {
            Release();
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

    private SiloJob NewJob(JobOrder order, int epoch)
    {
        JobPreparation prepared = JobPreparation.Of(order, Catalog);
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
            DiskWait,
            tracing)
        {
            Observed = Observed,
            Visibility = _visibility,
        };
        return new AttemptThreads(runner, Slots) { Silo = Name };
    }

    private Task StartAsync(CancellationToken cancellation) => Task.Run(
        () =>
        {
            // What an earlier process left in these directories is removed here.
            _spill = OpenSpill(_options.EffectiveSpillDirectories);
            _logger.SiloStarted(Name, Slots, Pool.Total, Pool.SegmentSize);
        },
        cancellation);

    private static SpillDirectories OpenSpill(IReadOnlyList<string> directories)
    {
        try
        {
            return SpillDirectories.Open(directories);
        }
        catch (SpillDirectoryException exception)
        {
            SluiceError error = SluiceErrors.SpillDirectoryUnusable(exception.Where, exception.What);
            throw new SluiceException(
                error with { Help = "name directories that the silo can write: Sluice:SpillDirectories" }, exception);
        }
    }

    private async Task StopAsync()
    {
        if (await Task.Run(TryEnd))
        {
            // What is being written to a connection just now comes back in a moment.
            long since = Stopwatch.GetTimestamp();
            while (Pool.Lent > 0 && Stopwatch.GetElapsedTime(since) < LastPatience)
            {
                await Task.Delay(LastPatience / 100);
            }

            await Task.Run(Release);
        }
    }

    private bool TryEnd()
    {
        bool ends = Interlocked.Exchange(ref _isDisposed, 1) == 0;
        if (ends)
        {
            Jobs.Dispose();
            Outputs.Dispose();
            Observed.Dispose();
        }

        return ends;
    }

    private void Release()
    {
        Jobs.FindLeaks();
        if (Pool.Lent is > 0 and int lent)
        {
            _logger.BuffersLeaked(Name, lent, string.Join("; ", Pool.Holders()));
        }

        _memory.Dispose();
        _spill?.Dispose();
    }

    private async Task DrainAsync(CancellationToken cancellation)
    {
        Drain();
        long since = Stopwatch.GetTimestamp();
        while ((_slots.Running + _slots.Queued > 0 || Outputs.Count > 0 || Jobs.HasUntold)
            && Stopwatch.GetElapsedTime(since) < _options.DrainTimeout
            && !cancellation.IsCancellationRequested)
        {
            await Task.Delay(100, CancellationToken.None);
        }
    }
}
