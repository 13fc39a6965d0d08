using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.ExceptionServices;
using Sluice.Buffers;
using Sluice.Exchange;
using Sluice.Jobs;
using Sluice.Observability;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>One run of one job in this process: its host, and the threads that do what that commands.</summary>
/// <remarks>
/// Threading: the job's thread; attempts, and what the host writes, run on threads of their own and report through a
/// queue.
/// </remarks>
internal sealed class JobRun : IJobWorkers, IDisposable
{
    private const string Here = SiloLabel.Local;

    // Mostly they wait for the disk.
    private const int FreeingThreads = 4;

    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(200);

    private readonly JobId _id = JobId.New();
    private readonly EngineOptions _options;
    private readonly NetworkBufferPool _pool;
    private readonly ResultPartitionStore _outputs = new();
    private readonly BlockingCollection<Action> _todo = [];
    private readonly AttemptThreads _attempts;
    private readonly AttemptInputs _inputs;
    private readonly JobHost _host;
    private readonly ObservedEngine _observed;
    private readonly BufferTracing? _tracing;
    private readonly JobTrace _trace;

    // The kernel takes its time to free files: the job's thread goes on meanwhile, and so do its tasks.
    private readonly DeferredWork _freeing;
    private Task _beside = Task.CompletedTask;

    /// <param name="request">What the user asked for.</param>
    /// <param name="job">What was found out about it.</param>
    /// <param name="options">What it may use.</param>
    /// <param name="spill">Where it spills; stays the caller's.</param>
    /// <param name="ports">Makes the job's store and transport.</param>
    public JobRun(
        JobRequest request,
        JobPreparation job,
        EngineOptions options,
        SpillDirectories spill,
        EnginePorts ports)
    {
        _options = options;
        _freeing = new DeferredWork(FreeingThreads, EndWith);
        DiskWait = new DiskWait(options.DiskWait);
        _pool = new NetworkBufferPool(NetworkBufferPoolOptions.ForMemory(options.MemoryBytes, options.SegmentSize));
        try
        {
            _host = JobHost.Begin(_id, request.Name, job, request.Overwrite, null, this);
        }
        catch
        {
            _pool.Dispose();
            throw;
        }

        try
        {
            _observed = ObservedEngine.Local(_pool, options.Parallelism, spill);
            ActivityContext caller = request.ParentTrace == default
                ? Activity.Current?.Context ?? default
                : request.ParentTrace;
            _trace = JobTrace.Begin(_id, request.Name, caller, Here);
            _host.Trace = _trace;
            _inputs = new AttemptInputs(_id, job, _host.StagingPath);
            ISpillStore store = ports.Store(spill);
            _tracing = BufferTracing.For(options.TraceBuffers, Here, Spans.ContextOf(_trace.TraceParent), null);
            AttemptRunner runner = new(
                _pool,
                token => new WaitingStore(store, DiskWait, token),
                _outputs,
                ports.Transport(_outputs),
                _pool.Total / options.Parallelism,
                options.Codec,
                DiskWait,
                _tracing)
            {
                Observed = _observed,
            };
            _attempts = new AttemptThreads(runner, options.Parallelism);
        }
        catch
        {
            _trace?.Dispose();
            _observed?.Dispose();
            _host.Dispose();
            _pool.Dispose();
            throw;
        }
    }

    public DiskWait DiskWait { get; }

    /// <exception cref="SluiceException">The job failed or was cancelled.</exception>
    /// <exception cref="IOException">Its journal cannot be written.</exception>
    public JobReport Run(IProgress<JobProgress>? progress, CancellationToken cancellation)
    {
        using (cancellation.Register(() => _todo.Add(_host.Cancel)))
        {
            try
            {
                RunToEnd(progress);
            }
            catch (Exception exception) when (!_host.IsFinished)
            {
                _host.Broke(exception);
                throw;
            }
        }

        if (_host.Failure is AttemptFailure failure)
        {
            throw new SluiceException(failure.Error, new AggregateException(failure.Detail));
        }

        return _host.Report(_trace.TraceId, ProcessMemory.PeakBytes(), Waits());
    }

    public void Start(StartAttempt start) =>
        _attempts.Start(start.Attempt, _inputs.Of(start), end => _todo.Add(() => _host.Handle(end)));

    public void Cancel(AttemptId attempt, string worker) => _attempts.Cancel(_inputs.OutputOf(attempt));

    public void Discard(AttemptId attempt, string worker) =>
        _freeing.Add(() => _outputs.Release(_inputs.OutputOf(attempt)));

    public void DiscardPartition(IReadOnlyList<ProducerWin> producers, int partition) => _freeing.Add(() =>
    {
        foreach (ProducerWin producer in producers)
        {
            _outputs.Discard(_inputs.OutputOf(producer.Attempt), partition);
        }
    });

    public void Write(Action work, Action done) => Beside(() =>
    {
        work();
        return done;
    });

    public void Aside(Func<CoordinatorEvent> work) => Beside(() =>
    {
        CoordinatorEvent told = work();
        return () => _host.Handle(told);
    });

    public void Dispose()
    {
        _attempts.Dispose();
        _trace.Dispose();
        try
        {
            // Throws where an old output cannot be moved back.
            _host.Dispose();
        }
        finally
        {
            _beside.Wait();
            _freeing.Wait();
            _outputs.Dispose();
            _tracing?.Dispose();
            _todo.Dispose();
            _observed.Dispose();
            Debug.Assert(_pool.Lent == 0, "Every segment has come back when a job is over.");
            _pool.Dispose();
        }
    }

    private void RunToEnd(IProgress<JobProgress>? progress)
    {
        _host.Handle(new WorkerJoined(Here, _options.Parallelism));
        while (!_host.IsFinished)
        {
            if (_todo.TryTake(out Action? next, ProgressInterval))
            {
                next();
            }

            progress?.Report(
                _host.Progress(_attempts.Progress.Select(running => running.Value)) with { Paused = PauseText() });
        }
    }

    // What may wait for room on a disk: the job's thread tells meanwhile that it does, and hears of a cancellation.
    private void Beside(Func<Action> work)
    {
        Task begun = Task.Run(() =>
        {
            try
            {
                _todo.Add(work());
            }
#pragma warning disable CA1031 // Whatever it was is the job's end, on the job's thread.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                EndWith(exception);
            }
        });

        // Not those that are done: a job of many tasks writes its journal many times.
        _beside = _beside.IsCompleted ? begun : Task.WhenAll(_beside, begun);
    }

    private void EndWith(Exception exception) => _todo.Add(ExceptionDispatchInfo.Capture(exception).Throw);

    private string? PauseText() => DiskWait.Current is DiskPause pause
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"{pause.Describe()}, {Math.Max(pause.Left.TotalSeconds, 0):F0} s left")
        : null;

    private IEnumerable<string> Waits() => DiskWait.Waited > TimeSpan.Zero
        ?
        [
            string.Create(
                CultureInfo.InvariantCulture,
                $"waited {DiskWait.Waited.TotalSeconds:F1} s for room on a full disk"),
        ]
        : [];
}
