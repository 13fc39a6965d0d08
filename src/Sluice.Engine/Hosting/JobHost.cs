using System.Diagnostics;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>
/// Hosts one job's coordinator: writes its journal, keeps its counts, publishes its output, commands workers.
/// </summary>
/// <remarks>
/// The same in this process and in a grain. Ownership: owns the output directory and the journal. Threading: one thread
/// (or one grain) at a time.
/// </remarks>
internal sealed class JobHost : IDisposable
{
    private const int MaximumTries = 3;

    private readonly JobId _id;
    private readonly string _name;
    private readonly JobPreparation _job;
    private readonly OutputDirectory _output;
    private readonly Journal _journal;
    private readonly IJobWorkers _workers;
    private readonly Coordinator _coordinator;
    private readonly JobStatistics _statistics;
    private readonly JobPublication _publication;
    private readonly PatientWrites _writes;
    private readonly JournalQueue _decided;
    private FinishJob? _finished;
    private bool _hasLeft;

    private JobHost(
        JobId id,
        string name,
        JobPreparation job,
        OutputDirectory output,
        Journal journal,
        CoordinatorState state,
        IJobWorkers workers,
        TimeSpan before)
    {
        _id = id;
        _name = name;
        _job = job;
        _output = output;
        _journal = journal;
        _workers = workers;
        _writes = new PatientWrites(workers.DiskWait);
        _decided = new JournalQueue(journal, workers, _writes);
        _coordinator = new Coordinator(state);
        _statistics = new JobStatistics(job.Plan, job.Catalog.Bytes, before);
        _publication = new JobPublication(name, output, journal, _statistics, _writes);
    }

    /// <summary>Whether the job is over.</summary>
    public bool IsFinished => _finished is not null;

    /// <summary>Why the finished job failed; null when it succeeded.</summary>
    public AttemptFailure? Failure => _finished?.Failure;

    /// <summary>Follows the job's spans; null traces nothing. Stays its maker's.</summary>
    public JobTrace? Trace { get; set; }

    public CoordinatorState State => _coordinator.State;

    /// <summary>The journal so far, a JSON object a line.</summary>
    public string JournalText => _decided.Text;

    /// <summary>Whether the journal has all that was decided; an end that is not in it must be told again.</summary>
    public bool IsSettled => _decided.IsSettled;

    /// <summary>Where attempts write parts.</summary>
    public string StagingPath => _output.StagingPath;

    /// <summary>Takes the output directory for a new job.</summary>
    /// <param name="id">The job.</param>
    /// <param name="name">What the user calls it.</param>
    /// <param name="job">What was found out about it.</param>
    /// <param name="overwrite">Whether an output that is there may be replaced.</param>
    /// <param name="order">How it was ordered, for the journal, when it may have to go on elsewhere.</param>
    /// <param name="workers">Who runs attempts.</param>
    /// <exception cref="OutputRefusedException">The output exists, is in use, or cannot be written.</exception>
    public static JobHost Begin(
        JobId id, string name, JobPreparation job, bool overwrite, JobOrder? order, IJobWorkers workers)
    {
        OutputDirectory output = OutputDirectory.Prepare(job.OutputPath, id, overwrite);
        Journal? journal = null;
        try
        {
            journal = new Journal(output.JournalPath);
            CoordinatorState state = CoordinatorState.New(id, job.Plan.Stages.Select(SpecOf), MaximumTries);
            JobHost host = new(id, name, job, output, journal, state, workers, Before(order, state));
            if (order is not null)
            {
                host.Append(new JournalEntry("ordered", null, null, null, null, null, null)
                {
                    Order = order,
                    Fingerprint = job.Fingerprint,
                });
            }

            EngineMeter.JobBegan();
            return host;
        }
        catch
        {
            journal?.Dispose();
            output.Dispose();
            throw;
        }
    }

    /// <summary>Goes on with a job whose host died, from its journal.</summary>
    /// <param name="order">As the journal has it.</param>
    /// <param name="job">Prepared anew.</param>
    /// <param name="output">The dead host's, taken over.</param>
    /// <param name="workers">Who runs attempts.</param>
    /// <exception cref="IOException">The journal is damaged, or of another plan than this one.</exception>
    public static JobHost Resume(JobOrder order, JobPreparation job, OutputDirectory output, IJobWorkers workers)
    {
        Journal? journal = null;
        try
        {
            IReadOnlyList<JournalEntry> entries = Journal.Read(output.JournalPath);
            JobReplay.CheckPlan(job.Fingerprint, entries);
            CoordinatorState state = CoordinatorState.New(order.Id, job.Plan.Stages.Select(SpecOf), MaximumTries);
            JobReplay.Into(state, entries);
            journal = Journal.Continue(output.JournalPath);
            JobHost host = new(order.Id, order.Name, job, output, journal, state, workers, Before(order, state));
            host._decided.Begin(entries);
            foreach (JournalEntry entry in entries)
            {
                host._statistics.Note(entry);
            }

            host.Append(new JournalEntry("resumed", null, null, null, null, null, null));
            EngineMeter.JobBegan();
            return host;
        }
        catch
        {
            // The next one that tries must be able to take it over.
            journal?.Dispose();
            output.Abandon();
            throw;
        }
    }

    /// <summary>Takes one event in and does what the coordinator makes of it, once that is in the journal.</summary>
    public void Handle(CoordinatorEvent happened)
    {
        JobMeasurements.Tell(_coordinator.State, happened);
        Trace?.Happened(happened);
        foreach (CoordinatorCommand command in _coordinator.Handle(happened))
        {
            Decide(command);
        }

        _decided.Go();
        Trace?.Follow(State, _statistics.StageReportOf);
    }

    /// <summary>Takes the end of an attempt in.</summary>
    public void Handle(AttemptEnd end)
    {
        if (end.Outcome is TaskOutcome outcome)
        {
            _statistics.Ended(end.Attempt, outcome);
        }

        if (State.TaskOf(end.Attempt).Running.TryGetValue(end.Attempt.Number, out string? worker))
        {
            Reclaimed(worker, end.ReclaimedBytes);
        }

        Trace?.Ended(end);
        Handle(end.ToEvent());
    }

    /// <summary>Tells the coordinator how late it is; to be called about once a second.</summary>
    public void Tick() => Handle(new TimePassed(Math.Round(_statistics.Elapsed.TotalSeconds, 3)));

    /// <summary>Cancels the job.</summary>
    public void Cancel()
    {
        AttemptFailure cancelled = new(SluiceErrors.Cancelled(_name), false, "cancelled by the user");
        _writes.EndPatience(cancelled);
        Handle(new CancelRequested(cancelled));
    }

    /// <summary>What its journal or its publication waits for; null when neither does.</summary>
    public DiskPause? Pause => _workers.DiskWait.Current;

    /// <summary>The job ends because what it decided cannot be written.</summary>
    public void Broke(Exception exception)
    {
        SluiceError error = FailureTranslation.OfJob(exception).Error;
        Finish(new FinishJob(new AttemptFailure(error, false, exception.ToString())));
    }

    /// <summary>A worker told how many bytes the job's outputs there have moved from memory to files so far.</summary>
    public void Reclaimed(string worker, long bytes) => _statistics.Reclaimed(worker, bytes);

    /// <param name="running">How far the attempts are that run now.</param>
    public JobProgress Progress(IEnumerable<AttemptProgress> running) => _statistics.Progress(running);

    /// <summary>What holds the job up as far as its ended tasks tell; null before one has ended.</summary>
    public Bottleneck? Bottleneck => _statistics.Bottleneck;

    /// <param name="traceId">The job's trace.</param>
    /// <param name="peakMemoryBytes">The most that a process of the job had resident.</param>
    /// <param name="warnings">What the user should know besides what the plan warns of.</param>
    public JobReport Report(ActivityTraceId traceId, long peakMemoryBytes, IEnumerable<string> warnings) =>
        _statistics.Report(_id, _name, traceId, _output.Path, peakMemoryBytes, [.. _job.Warnings, .. warnings]);

    /// <summary>Leaves an output that was not published as it was before the job.</summary>
    public void Dispose()
    {
        Leave();
        _journal.Dispose();
        _output.Dispose();
    }

    /// <summary>Lets go of journal and directory as the death of the process would: another host goes on.</summary>
    public void Abandon()
    {
        Leave();
        _journal.Dispose();
        _output.Abandon();
    }

    private void Leave()
    {
        if (!_hasLeft)
        {
            _hasLeft = true;
            _writes.EndPatience(null);
            EngineMeter.JobLeft();
        }
    }

    // This machine's clock may be behind that of whoever took the order, or hosted the job before.
    private static TimeSpan Before(JobOrder? order, CoordinatorState state)
    {
        double known = order is null ? 0 : (DateTime.UtcNow - order.OrderedAt).TotalSeconds;
        return TimeSpan.FromSeconds(Math.Max(known, state.Now));
    }

    private static StageSpec SpecOf(StagePlan stage) => new(
        stage.Name,
        stage.Tasks,
        stage.Upstream,
        stage.Input is ShuffleInput shuffle ? shuffle.Stage : null,
        stage.Output is SinkOutput)
    {
        Combines = stage.Output is ShuffleOutput { Node.Combines: true },
    };

    private void Decide(CoordinatorCommand command)
    {
        switch (command)
        {
            case WriteJournal write:
                if (State.Cause is AttemptFailure cause)
                {
                    _writes.EndPatience(cause);
                }

                JournalEntry entry = _statistics.Complete(write.Entry);
                _statistics.Note(entry);
                if (entry.Kind == "published")
                {
                    // The journal went with the staging directory: the output is in place, whatever a disk says.
                    _decided.Begin([entry]);
                }
                else
                {
                    _decided.Add(entry);
                }

                break;
            case StartAttempt start:
                StartAttempt ordered = Trace?.Order(start, State) ?? start;
                _decided.Add(() => _workers.Start(ordered));
                break;
            case CancelAttempt cancel:
                _decided.Add(() => _workers.Cancel(cancel.Attempt, cancel.Worker));
                break;
            case DiscardOutput discard:
                Discard(discard);
                break;
            case DiscardPartition discard:
                _decided.Add(() => _workers.DiscardPartition(discard.Producers, discard.Partition));
                break;
            case PublishOutput publish:
                IReadOnlyList<PublishedPart> parts = _statistics.Parts(publish.Winners);
                _decided.Add(() => _workers.Aside(() => _publication.Publish(parts, Trace)));
                break;
            case FinishJob finish:
                _decided.Add(() => Finish(finish));
                break;
            default:
                throw new InvalidOperationException($"A job's host does not know {command}.");
        }
    }

    private void Append(JournalEntry entry)
    {
        _journal.Append(entry);
        _decided.Begin([entry]);
    }

    private void Finish(FinishJob finish)
    {
        _finished = finish;
        JobMeasurements.Ended(finish.Failure, _statistics);
        EndTrace(finish);
    }

    private void Discard(DiscardOutput discard)
    {
        _decided.Add(() => _workers.Discard(discard.Attempt, discard.Worker));
        if (_job.Plan.Stages[discard.Attempt.Task.Stage.Value].Output is SinkOutput)
        {
            _decided.Delete(_output.AttemptPath(discard.Attempt.Task.Index, discard.Attempt.Number));
        }
    }

    private void EndTrace(FinishJob finish)
    {
        if (finish.Failure is AttemptFailure failure)
        {
            Trace?.Failed(failure.Error);
        }
        else
        {
            Trace?.Succeeded(Report(Trace.TraceId, 0, []));
        }
    }
}
