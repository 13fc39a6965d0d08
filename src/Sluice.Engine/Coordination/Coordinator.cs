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
            Begin();
            Take(happened);
            Go();
        }

        return [.. _commands];
    }

    private void Begin()
    {
        if (!_state.IsStarted)
        {
            _state.IsStarted = true;
            _commands.Add(new WriteJournal(new JournalEntry("started", null, null, null, null, null, null)
            {
                Job = _state.Job,
                Stages = [.. _state.Stages.Select(stage => stage.Spec)],
            }));
        }
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
                End(stopped.Attempt, out _);
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
            if (StageOrder.IsComplete(_state))
            {
                _state.Phase = JobPhase.Publishing;
                Journal("publishing");
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
            if (stage.IsDone || !StageOrder.MayStart(_state, number))
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

                if (StageOrder.ChooseWorker(_state, task) is not string worker)
                {
                    return;
                }

                Start(number, index, task, worker);
            }
        }
    }

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
                .Select((other, number) => (Number: number, other.Tasks.FirstOrDefault()?.Winner?.Result.Value))
                .Where(other => other.Value is not null)
                .ToDictionary(other => other.Number, other => other.Value!)));
    }

    private IReadOnlyList<ProducerWin> ProducersOf(int stage) =>
    [
        .. _state.Stages[stage].Tasks.Select((task, index) => (Winner: task.Winner, Index: index))
            .Where(task => task.Winner is not null)
            .Select(task => new ProducerWin(
                new AttemptId(new TaskId(new StageId(stage), task.Index), task.Winner!.Number),
                task.Winner.Worker,
                task.Winner.Result.Runs)),
    ];

    private void Win(AttemptSucceeded succeeded)
    {
        AttemptId attempt = succeeded.Attempt;
        TaskState task = TaskOf(attempt);
        if (End(attempt, out bool refused) is not string worker)
        {
            // Told twice, or its worker was given up: nobody waits for it, and there is nobody to tell.
            return;
        }

        if (refused || task.Winner is not null || _state.Phase != JobPhase.Running)
        {
            _commands.Add(new DiscardOutput(attempt, worker));
            return;
        }

        if (ShuffleCertificate.FindMismatch(_state, attempt, succeeded.Result) is SluiceError mismatch)
        {
            _commands.Add(new DiscardOutput(attempt, worker));
            Stop(new AttemptFailure(mismatch, false, mismatch.What));
            return;
        }

        if (task.LostSums is not null && !ReadersMayStartOver(attempt.Task, task.LostSums, succeeded.Result.Written))
        {
            _commands.Add(new DiscardOutput(attempt, worker));
            return;
        }

        Journal("won", attempt, worker, succeeded.Result);
        task.Winner = new AttemptWin(attempt.Number, worker, succeeded.Result);
        CancelRunning(attempt.Task, task);
        StageSpec spec = _state.Stages[attempt.Task.Stage.Value].Spec;
        if (spec is { Commits: true, Reads: int reads } && _state.Stages[reads].IsDone)
        {
            _commands.Add(new DiscardPartition(ProducersOf(reads), attempt.Task.Index));
        }
    }

    // Who has read, or reads now, what a rerun has changed must read again; one that has written to the output cannot.
    private bool ReadersMayStartOver(TaskId producer, IReadOnlyList<RecordSum> lost, IReadOnlyList<RecordSum> rerun)
    {
        foreach (int partition in ShuffleCertificate.ChangedPartitions(lost, rerun))
        {
            foreach (int number in StageOrder.Readers(_state, producer.Stage.Value))
            {
                StageState stage = _state.Stages[number];
                TaskId id = new(new StageId(number), partition);
                TaskState reader = stage.Tasks[partition];
                if (stage.Spec.Commits && reader.Winner is not null)
                {
                    SluiceError error = SluiceErrors.RerunDiffers(
                        $"{producer}, operator {_state.Stages[producer.Stage.Value].Spec.Name}");
                    Stop(new AttemptFailure(error, false, error.What));
                    return false;
                }

                Forget(id, null);
                reader.Refused.AddRange(reader.Running.Keys.Except(reader.Refused));
                CancelRunning(id, reader);
            }
        }

        return true;
    }

    // What a winner made is gone, or is to be made again.
    private void Forget(TaskId id, SluiceError? why, bool isWorkerLost = false)
    {
        TaskState task = _state.Stages[id.Stage.Value].Tasks[id.Index];
        if (task.Winner is AttemptWin winner)
        {
            AttemptId attempt = new(id, winner.Number);
            Journal("lost", attempt, winner.Worker, error: why);
            if (!isWorkerLost)
            {
                _commands.Add(new DiscardOutput(attempt, winner.Worker));
            }

            task.LostSums = winner.Result.Written;
            task.Winner = null;
        }
    }

    private void Fail(AttemptId attempt, AttemptFailure failure)
    {
        TaskState task = TaskOf(attempt);
        if (End(attempt, out bool refused) is not string worker ||
            refused || task.Winner is not null || _state.Phase != JobPhase.Running)
        {
            return;
        }

        task.FailedOn.Add(worker);
        CountTry(attempt.Task, task, failure);
    }

    private void CountTry(TaskId id, TaskState task, AttemptFailure failure)
    {
        task.FirstCause ??= failure;
        task.FailedTries++;
        if (!failure.CanRetry)
        {
            Stop(failure);
        }
        else if (task.FailedTries >= _state.MaximumTries)
        {
            AttemptFailure first = task.FirstCause;
            SluiceError error = first.Error.Code == SluiceErrors.OperatorFailed("", "").Code
                ? first.Error
                : SluiceErrors.TaskFailed(id.ToString(), task.FailedTries, first.Error.What);
            Stop(first with { Error = error });
        }
    }

    // The reader is not to blame: its try does not count, the producer's does.
    private void LoseOutput(OutputLost lost)
    {
        TaskState producer = TaskOf(lost.Producer);
        bool counts = End(lost.Reader, out bool refused) is not null && !refused && _state.Phase == JobPhase.Running;
        if (counts && producer.Winner?.Number == lost.Producer.Number)
        {
            Forget(lost.Producer.Task, lost.Failure.Error);
            CountTry(lost.Producer.Task, producer, lost.Failure);
        }
    }

    private void Lose(string worker)
    {
        _state.FreeSlots.Remove(worker);
        for (int number = 0; number < _state.Stages.Count; number++)
        {
            // Parts lie in the output directory and values in the journal; only outputs die with their worker.
            StageState stage = _state.Stages[number];
            bool hasOutputs = !stage.IsReleased && StageOrder.Readers(_state, number).Any();
            for (int index = 0; index < stage.Tasks.Count; index++)
            {
                TaskState task = stage.Tasks[index];
                foreach (int attempt in task.Running.Where(run => run.Value == worker).Select(run => run.Key).ToList())
                {
                    task.Running.Remove(attempt);
                    task.Refused.Remove(attempt);
                }

                if (hasOutputs && task.Winner?.Worker == worker)
                {
                    Forget(new TaskId(new StageId(number), index), null, isWorkerLost: true);
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
                CancelRunning(new TaskId(new StageId(number), index), _state.Stages[number].Tasks[index]);
            }
        }
    }

    private void CancelRunning(TaskId id, TaskState task)
    {
        foreach ((int number, string worker) in task.Running)
        {
            _commands.Add(new CancelAttempt(new AttemptId(id, number), worker));
        }
    }

    // Readers before their producers: giving up one stage's outputs may free those before it.
    private void ReleaseOutputs()
    {
        for (int stage = _state.Stages.Count - 1; stage >= 0; stage--)
        {
            if (!_state.Stages[stage].IsReleased && StageOrder.MayRelease(_state, stage))
            {
                _state.Stages[stage].IsReleased = true;
                _commands.AddRange(ProducersOf(stage).Select(producer => new DiscardOutput(producer.Attempt, producer.Worker)));
            }
        }
    }

    private void Finish(AttemptFailure? failure)
    {
        _state.Phase = JobPhase.Ended;
        _commands.Add(new FinishJob(failure));
    }

    // The worker where it ran, with its slot given back; null when it does not run.
    private string? End(AttemptId attempt, out bool refused)
    {
        TaskState task = TaskOf(attempt);
        refused = task.Refused.Remove(attempt.Number);
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
