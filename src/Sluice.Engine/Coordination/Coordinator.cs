using Sluice.Jobs;

namespace Sluice.Engine;

/// <summary>Decides what runs where: events in, commands out.</summary>
/// <remarks>
/// It never awaits, starts no timer and reads no file, so that a test can drive it and a grain can host it. Producers
/// go first: a stage starts when all stages it waits for are done. A task is tried again, elsewhere if it can, until it
/// has used up its tries; an output that cannot be read any more makes only its own producer run again. A task that
/// takes much longer than its neighbours gets a second attempt elsewhere, and whichever ends first counts. An attempt
/// wins once per task, and the journal knows before anybody acts on it. Threading: one thread at a time.
/// </remarks>
internal sealed class Coordinator
{
    private readonly CoordinatorState _state;
    private readonly CommandList _commands = new();
    private readonly WinnerOutputs _outputs;
    private readonly AttemptStarts _starts;

    /// <param name="state">Of a new job, or saved by an earlier coordinator.</param>
    public Coordinator(CoordinatorState state)
    {
        _state = state;
        _outputs = new WinnerOutputs(state, _commands);
        _starts = new AttemptStarts(state, _commands);
    }

    /// <summary>What it knows; serializable between any two events.</summary>
    public CoordinatorState State => _state;

    /// <summary>Takes one event in.</summary>
    /// <returns>What is to be done, in order.</returns>
    public IReadOnlyList<CoordinatorCommand> Handle(CoordinatorEvent happened)
    {
        if (_state.Phase != JobPhase.Ended)
        {
            Begin();
            Take(happened);
            Go();
        }

        return _commands.Take();
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
                _state.FreeSlots[joined.Worker] = joined.Slots - _state.RunningOn(joined.Worker);
                foreach (TaskId near in joined.Near)
                {
                    _state.Stages[near.Stage.Value].Tasks[near.Index].Near.Add(joined.Worker);
                }

                CancelUncounted(joined.Worker);
                break;
            case WorkerDraining draining:
                _state.FreeSlots.Remove(draining.Worker);
                break;
            case WorkerLost lost:
                _outputs.LoseWorker(lost.Worker);
                break;
            case TimePassed passed:
                _state.Now = Math.Max(_state.Now, passed.Now);
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
                _state.End(stopped.Attempt, out _);
                break;
            case OutputPublished:
                _commands.Journal("published");
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
            _outputs.Release();
            if (StageOrder.IsComplete(_state))
            {
                _state.Phase = JobPhase.Publishing;
                _commands.Journal("publishing");
                _commands.Add(new PublishOutput([.. _state.Stages[^1].Tasks.Select(task => task.Winner!.Number)]));
                return;
            }

            _starts.StartWhatCan();
        }
        else if (_state.Phase == JobPhase.Stopping && !_state.AnyRunning())
        {
            Finish(_state.Cause);
        }
    }

    // After a replay: whether they were cancelled before, the journal does not say.
    private void CancelUncounted(string worker)
    {
        for (int number = 0; number < _state.Stages.Count; number++)
        {
            for (int index = 0; index < _state.Stages[number].Tasks.Count; index++)
            {
                TaskState task = _state.Stages[number].Tasks[index];
                foreach ((int attempt, string where) in task.Running)
                {
                    if (where == worker && (task.Winner is not null || task.Refused.Contains(attempt)))
                    {
                        _commands.Add(new CancelAttempt(
                            new AttemptId(new TaskId(new StageId(number), index), attempt), worker));
                    }
                }
            }
        }
    }

    private void Win(AttemptSucceeded succeeded)
    {
        AttemptId attempt = succeeded.Attempt;
        TaskState task = _state.TaskOf(attempt);
        double seconds = _state.Now - task.Since.GetValueOrDefault(attempt.Number, _state.Now);
        if (_state.End(attempt, out bool refused) is not string worker)
        {
            // Told twice, or its worker was given up: nobody waits for it, and there is nobody to tell.
            return;
        }

        if (refused || task.Winner is not null || _state.Phase != JobPhase.Running)
        {
            _commands.Discard(attempt, worker);
            return;
        }

        if (ShuffleCertificate.FindMismatch(_state, attempt, succeeded.Result) is SluiceError mismatch)
        {
            _commands.Discard(attempt, worker);
            Stop(new AttemptFailure(mismatch, false, mismatch.What));
            return;
        }

        if (task.LostSums is not null
            && _outputs.StartReadersOver(attempt.Task, task.LostSums, succeeded.Result.Written) is SluiceError differs)
        {
            _commands.Discard(attempt, worker);
            Stop(new AttemptFailure(differs, false, differs.What));
            return;
        }

        _commands.Journal("won", attempt, worker, succeeded.Result);
        task.Winner = new AttemptWin(attempt.Number, worker, succeeded.Result) { Seconds = seconds };
        _commands.CancelRunning(attempt.Task, task);
        _outputs.ReleasePartition(attempt.Task);
    }

    private void Fail(AttemptId attempt, AttemptFailure failure)
    {
        TaskState task = _state.TaskOf(attempt);
        if (_state.End(attempt, out bool refused) is not string worker ||
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
            SluiceError error = SluiceErrors.IsOfOwnCode(first.Error)
                ? first.Error
                : SluiceErrors.TaskFailed(id.ToString(), task.FailedTries, first.Error);
            Stop(first with { Error = error });
        }
    }

    // The reader is not to blame: its try does not count, the producer's does. One that was overtaken may have lost
    // only what was given up because nobody needs it any more.
    private void LoseOutput(OutputLost lost)
    {
        TaskState producer = _state.TaskOf(lost.Producer);
        bool counts = _state.End(lost.Reader, out bool refused) is not null && !refused
            && _state.TaskOf(lost.Reader).Winner is null && _state.Phase == JobPhase.Running;
        if (counts && producer.Winner?.Number == lost.Producer.Number)
        {
            _outputs.Forget(lost.Producer.Task, lost.Failure.Error);
            CountTry(lost.Producer.Task, producer, lost.Failure);
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
        _commands.Journal("failed", error: cause.Error);
        for (int number = 0; number < _state.Stages.Count; number++)
        {
            for (int index = 0; index < _state.Stages[number].Tasks.Count; index++)
            {
                _commands.CancelRunning(new TaskId(new StageId(number), index), _state.Stages[number].Tasks[index]);
            }
        }
    }

    private void Finish(AttemptFailure? failure)
    {
        _state.Phase = JobPhase.Ended;
        _commands.Add(new FinishJob(failure));
    }
}
