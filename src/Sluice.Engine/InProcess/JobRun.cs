using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Sluice.Buffers;
using Sluice.Exchange;
using Sluice.Jobs;
using Sluice.Observability;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>One run of one job in this process: hosts its coordinator and does what that commands.</summary>
/// <remarks>Threading: the job's thread; attempts run on threads of the worker and report through a queue.</remarks>
internal sealed class JobRun : IDisposable
{
    private const string Here = "local";
    private const int MaximumTries = 3;
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(200);

    private readonly JobId _id = JobId.New();
    private readonly JobRequest _request;
    private readonly JobPreparation _job;
    private readonly EngineOptions _options;
    private readonly OutputDirectory _output;
    private readonly Journal _journal;
    private readonly DiskWait _diskWait;
    private readonly NetworkBufferPool _pool;
    private readonly ResultPartitionStore _outputs = new();
    private readonly BlockingCollection<WorkerMessage> _messages = [];
    private readonly LocalWorker _worker;
    private readonly Coordinator _coordinator;
    private readonly JobStatistics _statistics;
    private FinishJob? _finished;

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
        _request = request;
        _job = job;
        _options = options;
        _statistics = new JobStatistics(job.Plan, job.Catalog.Bytes);
        _output = OutputDirectory.Prepare(job.OutputPath, _id, request.Overwrite);
        try
        {
            _journal = new Journal(_output.JournalPath);
        }
        catch
        {
            _output.Dispose();
            throw;
        }

        _diskWait = new DiskWait(options.DiskWait);
        _pool = new NetworkBufferPool(NetworkBufferPoolOptions.ForMemory(options.MemoryBytes, options.SegmentSize));
        ISpillStore store = ports.Store(spill);
        AttemptRunner runner = new(
            _pool,
            token => new WaitingStore(store, _diskWait, token),
            _outputs,
            ports.Transport(_outputs),
            options.Parallelism,
            options.Codec,
            _diskWait);
        _worker = new LocalWorker(runner, _messages, options.Parallelism);
        _coordinator = new Coordinator(CoordinatorState.New(_id, job.Plan.Stages.Select(SpecOf), MaximumTries));
    }

    /// <exception cref="SluiceException">The job failed.</exception>
    /// <exception cref="OperationCanceledException">The job was cancelled.</exception>
    public JobReport Run(IProgress<JobProgress>? progress, CancellationToken cancellation)
    {
        using Activity? trace = Telemetry.Source.StartActivity(SpanNames.Job, ActivityKind.Internal, _request.ParentTrace);
        trace?.SetTag(AttributeNames.JobName, _request.Name);
        ActivityTraceId traceId = trace?.TraceId ?? ActivityTraceId.CreateRandom();
        using (cancellation.Register(() => _messages.Add(new WorkerMessage(null, Cancel(), null))))
        {
            Handle(new WorkerMessage(null, new WorkerJoined(Here, _options.Parallelism), null));
            while (_finished is null)
            {
                if (_messages.TryTake(out WorkerMessage? message, ProgressInterval))
                {
                    Handle(message);
                }

                progress?.Report(_statistics.Progress(_worker.Progress) with { Paused = PauseText() });
            }
        }

        if (_finished.Failure is AttemptFailure failure)
        {
            trace?.SetStatus(ActivityStatusCode.Error, failure.Error.What);
            cancellation.ThrowIfCancellationRequested();
            throw new SluiceException(failure.Error, new AggregateException(failure.Detail));
        }

        return _statistics.Report(_id, _request.Name, traceId, _output.Path, [.. _job.Warnings, .. Waits()]);
    }

    public void Dispose()
    {
        _worker.Dispose();
        _journal.Dispose();
        _output.Dispose();
        _outputs.Dispose();
        _messages.Dispose();
        Debug.Assert(_pool.Lent == 0, "Every segment has come back when a job is over.");
        _pool.Dispose();
    }

    private static StageSpec SpecOf(StagePlan stage) => new(
        stage.Name,
        stage.Tasks,
        stage.Upstream,
        stage.Input is ShuffleInput shuffle ? shuffle.Stage : null,
        stage.Output is SinkOutput);

    private string? PauseText() => _diskWait.Current is DiskPause pause
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"the disk of {pause.Path} is full; waiting for room, {Math.Max(pause.Left.TotalSeconds, 0):F0} s left")
        : null;

    private IEnumerable<string> Waits() => _diskWait.Waited > TimeSpan.Zero
        ? [string.Create(CultureInfo.InvariantCulture, $"tasks waited {_diskWait.Waited.TotalSeconds:F1} s for room on a full disk")]
        : [];

    private CancelRequested Cancel() =>
        new(new AttemptFailure(SluiceErrors.Cancelled(_request.Name), false, "cancelled by the user"));

    private void Handle(WorkerMessage message)
    {
        if (message is { Attempt: AttemptId attempt, Outcome: TaskOutcome outcome })
        {
            _statistics.Ended(attempt, outcome);
        }

        foreach (CoordinatorCommand command in _coordinator.Handle(message.Event))
        {
            Execute(command);
        }
    }

    private void Execute(CoordinatorCommand command)
    {
        switch (command)
        {
            case WriteJournal write:
                _journal.Append(write.Entry);
                _statistics.Note(write.Entry);
                break;
            case StartAttempt start:
                _statistics.Started(start.Attempt);
                _worker.Start(start.Attempt, InputOf(start));
                break;
            case CancelAttempt cancel:
                _worker.Cancel(cancel.Attempt);
                break;
            case DiscardOutput discard:
                Discard(discard.Attempt);
                break;
            case DiscardPartition discard:
                foreach (ProducerWin producer in discard.Producers)
                {
                    _outputs.Find(OutputOf(producer.Attempt))?.Discard(discard.Partition);
                }

                break;
            case PublishOutput publish:
                Publish(publish);
                break;
            case FinishJob finish:
                _finished = finish;
                break;
            default:
                throw new InvalidOperationException($"A job's host does not know {command}.");
        }
    }

    private AttemptInput InputOf(StartAttempt start)
    {
        StagePlan stage = _job.Plan.Stages[start.Attempt.Task.Stage.Value];
        int index = start.Attempt.Task.Index;
        byte[]? boundaries = stage.Output is ShuffleOutput { BoundariesFrom: int sample } ? start.Values[sample] : null;
        return new AttemptInput(
            OutputOf(start.Attempt),
            stage,
            _job.Catalog.Files,
            SplitsOf(stage, index),
            [.. start.Producers.Select(producer => new ProducerOutput(OutputOf(producer.Attempt), producer.Runs))],
            boundaries is null ? null : BoundaryCodec.Decode(boundaries),
            stage.Output is SinkOutput ? _output.AttemptPath(index, start.Attempt.Number) : null);
    }

    private IReadOnlyList<InputSplit> SplitsOf(StagePlan stage, int index) => (stage.Input, stage.Output) switch
    {
        (ReadInput, SampleOutput) => SplitPlan.Sample(_job.Catalog.Files, _job.Format),
        (ReadInput, _) => _job.Splits[index],
        _ => [],
    };

    private OutputId OutputOf(AttemptId attempt) =>
        new(_id.Value, attempt.Task.Stage.Value, attempt.Task.Index, attempt.Number);

    private void Discard(AttemptId attempt)
    {
        OutputId output = OutputOf(attempt);
        _statistics.Reclaimed(_outputs.Find(output)?.ReclaimedBytes ?? 0);
        _outputs.Release(output);
        if (_job.Plan.Stages[attempt.Task.Stage.Value].Output is SinkOutput)
        {
            File.Delete(_output.AttemptPath(attempt.Task.Index, attempt.Number));
        }
    }

    private void Publish(PublishOutput publish)
    {
        CoordinatorEvent told;
        try
        {
            if (_statistics.FindOutputMismatch() is SluiceError mismatch)
            {
                told = new PublishFailed(new AttemptFailure(mismatch, false, mismatch.What));
            }
            else
            {
                _output.Publish(_request.Name, _statistics.Sink, _statistics.Parts(publish.Winners));
                told = new OutputPublished();
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            SluiceError error = FailureTranslation.OfJob(exception).Error;
            told = new PublishFailed(new AttemptFailure(error, false, exception.ToString()));
        }

        _messages.Add(new WorkerMessage(null, told, null));
    }
}
