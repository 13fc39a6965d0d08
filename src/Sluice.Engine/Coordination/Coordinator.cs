using System.Globalization;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>Decides what runs where: events in, commands out.</summary>
/// <remarks>
/// It never awaits, starts no timer and reads no file, so that a test can drive it and a grain can host it. Producers go
/// first: a stage starts when all stages it waits for are done. A task is tried again, elsewhere if it can, until it has
/// used up its tries; an output that cannot be read any more makes only its own producer run again. An attempt wins
/// once per task, and the journal knows before anybody acts on it. Threading: one thread at a time.
/// </remarks>
internal sealed class Coordinator
{
    private readonly CoordinatorState _state;
    private readonly List<CoordinatorCommand> _commands = [];

    /// <param name="state">Of a new job, or saved by an earlier coordinator.</param>
    public Coordinator(CoordinatorState state)
    {
        _state = state;
    }

    /// <summary>What it knows; serializable between any two events.</summary>
    public CoordinatorState State => _state;

    /// <summary>Takes one event in.</summary>
    /// <returns>What is to be done, in order.</returns>
    public IReadOnlyList<CoordinatorCommand> Handle(CoordinatorEvent happened)
    {
        _commands.Clear();
        if (_state.Phase != JobPhase.Ended)
        {
            Take(happened);
            Go();
        }

        return [.. _commands];
    }

    private void Take(CoordinatorEvent happened)
    {
        switch (happened)
        {
            case WorkerJoined joined:
                _state.FreeSlots[joined.Worker] = joined.Slots - RunningOn(joined.Worker);
                break;
            case WorkerDraining draining:
                _state.FreeSlots.Remove(draining.Worker);
                break;
            case WorkerLost lost:
                Lose(lost.Worker);
                break;
            case AttemptSucceeded succeeded:
                Win(succeeded);
                break;
            case AttemptFailed failed:
                Fail(failed.Attempt, failed.Failure);
                break;
            case OutputLost lost:
                LoseOutput(lost);
                break;
            case AttemptStopped stopped:
                End(stopped.Attempt);
                break;
            case OutputPublished:
                Journal("published");
                Finish(null);
                break;
            case PublishFailed failed:
                Stop(failed.Failure);
                break;
            case CancelRequested cancel:
                // An output that is being moved into place is as good as there.
                if (_state.Phase == JobPhase.Running)
                {
                    Stop(cancel.Reason);
                }

                break;
            default:
                throw new InvalidOperationException($"A coordinator does not know {happened}.");
        }
    }

    // Whatever the event was, what can be done now follows from the state alone.
    private void Go()
    {
        if (_state.Phase == JobPhase.Running)
        {
            ReleaseOutputs();
            if (_state.Stages.TrueForAll(stage => stage.IsDone))
            {
                _state.Phase = JobPhase.Publishing;
                _commands.Add(new PublishOutput([.. _state.Stages[^1].Tasks.Select(task => task.Winner!.Number)]));
                return;
            }

            StartWhatCan();
        }
        else if (_state.Phase == JobPhase.Stopping && !AnyRunning())
        {
            Finish(_state.Cause);
        }
    }

    private void StartWhatCan()
    {
        for (int number = 0; number < _state.Stages.Count; number++)
        {
            StageState stage = _state.Stages[number];
            if (stage.IsDone || !stage.Spec.Upstream.All(upstream => _state.Stages[upstream].IsDone))
            {
                continue;
            }

            for (int index = 0; index < stage.Tasks.Count; index++)
            {
                TaskState task = stage.Tasks[index];
                if (task.Winner is not null || task.Running.Count > 0)
                {
                    continue;
                }

                if (ChooseWorker(task) is not string worker)
                {
                    return;
                }

                Start(number, index, task, worker);
            }
        }
    }

    // The worker with most free slots; one where the task has failed only when there is no other.
    private string? ChooseWorker(TaskState task) => _state.FreeSlots
        .Where(worker => worker.Value > 0)
        .OrderBy(worker => worker.Key == task.FailedOn)
        .ThenByDescending(worker => worker.Value)
        .Select(worker => worker.Key)
        .FirstOrDefault();

    private void Start(int stageNumber, int index, TaskState task, string worker)
    {
        StageState stage = _state.Stages[stageNumber];
        AttemptId attempt = new(new TaskId(new StageId(stageNumber), index), ++task.Attempts);
        task.Running[attempt.Number] = worker;
        _state.FreeSlots[worker]--;
        Journal("attempt", attempt, worker);
        _commands.Add(new StartAttempt(
            attempt,
            worker,
            stage.Spec.Reads is int reads ? ProducersOf(reads) : [],
            _state.Stages
                .Select((other, number) => (Number: number, other.Tasks[0].Winner?.Result.Value))
                .Where(other => other.Value is not null)
                .ToDictionary(other => other.Number, other => other.Value!)));
    }

    private IReadOnlyList<ProducerWin> ProducersOf(int stage) =>
    [
        .. _state.Stages[stage].Tasks.Select((task, index) => new ProducerWin(
            new AttemptId(new TaskId(new StageId(stage), index), task.Winner!.Number),
            task.Winner.Worker,
            task.Winner.Result.Runs)),
    ];

    private void Win(AttemptSucceeded succeeded)
    {
        AttemptId attempt = succeeded.Attempt;
        string? worker = End(attempt);
        TaskState task = TaskOf(attempt);
        if (worker is null || task.Winner is not null || _state.Phase != JobPhase.Running)
        {
            // Late, or too late: its work is refused by its number.
            _commands.Add(new DiscardOutput(attempt, worker ?? ""));
            return;
        }

        if (FindMismatch(attempt, succeeded.Result) is SluiceError mismatch)
        {
            _commands.Add(new DiscardOutput(attempt, worker));
            Stop(new AttemptFailure(mismatch, false, mismatch.What));
            return;
        }

        if (task.LostSums is not null && !task.LostSums.SequenceEqual(succeeded.Result.Written) && !ReaderMayStartOver(attempt))
        {
            _commands.Add(new DiscardOutput(attempt, worker));
            return;
        }

        Journal("won", attempt, worker, succeeded.Result);
        task.Winner = new AttemptWin(attempt.Number, worker, succeeded.Result);
        CancelOthers(attempt.Task, task);
        StageSpec spec = _state.Stages[attempt.Task.Stage.Value].Spec;
        if (spec is { Commits: true, Reads: int reads } && _state.Stages[reads].IsDone)
        {
            _commands.Add(new DiscardPartition(ProducersOf(reads), attempt.Task.Index));
        }
    }

    // A rerun gave other records than the run whose output was lost. Readers of the old ones must read again; one that
    // has written to the output cannot.
    private bool ReaderMayStartOver(AttemptId producer)
    {
        foreach (StageState reader in _state.Stages.Where(stage => stage.Spec.Reads == producer.Task.Stage.Value))
        {
            if (reader.Spec.Commits && reader.Tasks.Exists(task => task.Winner is not null))
            {
                SluiceError error = SluiceErrors.RerunDiffers(producer.Task.ToString());
                Stop(new AttemptFailure(error, false, error.What));
                return false;
            }

            reader.Tasks.ForEach(task => task.Winner = null);
        }

        return true;
    }

    // The certificate: what a consumer read of each producer is what that producer's winner wrote for it.
    private SluiceError? FindMismatch(AttemptId consumer, AttemptResult result)
    {
        if (_state.Stages[consumer.Task.Stage.Value].Spec.Reads is not int reads)
        {
            return null;
        }

        List<TaskState> producers = _state.Stages[reads].Tasks;
        for (int producer = 0; producer < producers.Count; producer++)
        {
            RecordSum written = producers[producer].Winner?.Result.Written[consumer.Task.Index] ?? default;
            RecordSum read = result.Read[producer];
            if (written != read)
            {
                string where = string.Create(
                    CultureInfo.InvariantCulture,
                    $"stage {reads} task {producer}, partition {consumer.Task.Index}");
                return SluiceErrors.CertificateMismatch(where, written.ToString(), read.ToString());
            }
        }

        return null;
    }

    private void Fail(AttemptId attempt, AttemptFailure failure)
    {
        string? worker = End(attempt);
        TaskState task = TaskOf(attempt);
        if (worker is null || task.Winner is not null || _state.Phase != JobPhase.Running)
        {
            return;
        }

        task.FirstCause ??= failure;
        task.FailedTries++;
        task.FailedOn = worker;
        if (!failure.CanRetry)
        {
            Stop(failure);
        }
        else if (task.FailedTries >= _state.MaximumTries)
        {
            AttemptFailure first = task.FirstCause;
            SluiceError error = first.Error.Code == "SLU1402"
                ? first.Error
                : SluiceErrors.TaskFailed(attempt.Task.ToString(), task.FailedTries, first.Error.What);
            Stop(first with { Error = error });
        }
    }

    private void LoseOutput(OutputLost lost)
    {
        TaskState producer = TaskOf(lost.Producer);
        if (_state.Phase == JobPhase.Running && producer.Winner?.Number == lost.Producer.Number)
        {
            Journal("lost", lost.Producer, producer.Winner.Worker, error: lost.Failure.Error);
            _commands.Add(new DiscardOutput(lost.Producer, producer.Winner.Worker));
            producer.LostSums = producer.Winner.Result.Written;
            producer.Winner = null;
            producer.FirstCause ??= lost.Failure;
            producer.FailedTries++;
            if (producer.FailedTries >= _state.MaximumTries)
            {
                Stop(producer.FirstCause);
            }
        }

        // The reader is not to blame: its try does not count.
        End(lost.Reader);
    }

    private void Lose(string worker)
    {
        _state.FreeSlots.Remove(worker);
        for (int number = 0; number < _state.Stages.Count; number++)
        {
            StageState stage = _state.Stages[number];
            for (int index = 0; index < stage.Tasks.Count; index++)
            {
                TaskState task = stage.Tasks[index];
                foreach (int attempt in task.Running.Where(run => run.Value == worker).Select(run => run.Key).ToList())
                {
                    task.Running.Remove(attempt);
                }

                // Parts lie in the output directory and values in the journal; only outputs die with their silo.
                bool hasOutput = task.Winner?.Result.Written.Count > 0 && !stage.IsReleased;
                if (task.Winner?.Worker == worker && hasOutput)
                {
                    Journal("lost", new AttemptId(new TaskId(new StageId(number), index), task.Winner.Number), worker);
                    task.LostSums = task.Winner.Result.Written;
                    task.Winner = null;
                }
            }
        }
    }

    private void Stop(AttemptFailure cause)
    {
        if (_state.Phase is JobPhase.Stopping or JobPhase.Ended)
        {
            return;
        }

        _state.Cause = cause;
        _state.Phase = JobPhase.Stopping;
        Journal("failed", error: cause.Error);
        for (int number = 0; number < _state.Stages.Count; number++)
        {
            for (int index = 0; index < _state.Stages[number].Tasks.Count; index++)
            {
                CancelOthers(new TaskId(new StageId(number), index), _state.Stages[number].Tasks[index]);
            }
        }
    }

    private void CancelOthers(TaskId id, TaskState task)
    {
        foreach ((int number, string worker) in task.Running)
        {
            _commands.Add(new CancelAttempt(new AttemptId(id, number), worker));
        }
    }

    // Outputs are kept until every task of the stage that reads them has won.
    private void ReleaseOutputs()
    {
        foreach (StageState reader in _state.Stages.Where(stage => stage.IsDone))
        {
            if (reader.Spec.Reads is int reads && !_state.Stages[reads].IsReleased)
            {
                _state.Stages[reads].IsReleased = true;
                foreach (ProducerWin producer in ProducersOf(reads))
                {
                    _commands.Add(new DiscardOutput(producer.Attempt, producer.Worker));
                }
            }
        }
    }

    private void Finish(AttemptFailure? failure)
    {
        _state.Phase = JobPhase.Ended;
        _commands.Add(new FinishJob(failure));
    }

    private string? End(AttemptId attempt)
    {
        TaskState task = TaskOf(attempt);
        if (!task.Running.Remove(attempt.Number, out string? worker))
        {
            return null;
        }

        if (_state.FreeSlots.TryGetValue(worker, out int free))
        {
            _state.FreeSlots[worker] = free + 1;
        }

        return worker;
    }

    private TaskState TaskOf(AttemptId attempt) =>
        _state.Stages[attempt.Task.Stage.Value].Tasks[attempt.Task.Index];

    private int RunningOn(string worker) =>
        _state.Stages.Sum(stage => stage.Tasks.Sum(task => task.Running.Values.Count(where => where == worker)));

    private bool AnyRunning() => _state.Stages.Exists(stage => stage.Tasks.Exists(task => task.Running.Count > 0));

    private void Journal(
        string kind, AttemptId? attempt = null, string? worker = null, AttemptResult? result = null, SluiceError? error = null) =>
        _commands.Add(new WriteJournal(new JournalEntry(
            kind, attempt?.Task.Stage.Value, attempt?.Task.Index, attempt?.Number, worker, result, error)));
}
