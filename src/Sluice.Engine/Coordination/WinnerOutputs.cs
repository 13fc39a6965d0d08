using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>What winners have made: lost, made again, and given up at last.</summary>
/// <remarks>Works on the coordinator's state and adds to its commands, within the coordinator's turn.</remarks>
internal sealed class WinnerOutputs(CoordinatorState state, CommandList commands)
{
    /// <summary>What a winner made is gone, or is to be made again.</summary>
    public void Forget(TaskId id, SluiceError? why, bool isWorkerLost = false)
    {
        TaskState task = state.Stages[id.Stage.Value].Tasks[id.Index];
        if (task.Winner is AttemptWin winner)
        {
            AttemptId attempt = new(id, winner.Number);
            commands.Journal("lost", attempt, winner.Worker, error: why);
            if (!isWorkerLost)
            {
                commands.Discard(attempt, winner.Worker);
            }

            task.LostSums = winner.Result.Written;
            task.Winner = null;
        }
    }

    /// <summary>A worker is gone, with the attempts that ran there and the outputs that lay there.</summary>
    public void LoseWorker(string worker)
    {
        // After a replay this may be the first event: what all have read since is not lost work.
        Release();
        state.FreeSlots.Remove(worker);
        for (int number = 0; number < state.Stages.Count; number++)
        {
            // Parts lie in the output directory and values in the journal; only outputs die with their worker.
            StageState stage = state.Stages[number];
            bool hasOutputs = !stage.IsReleased && StageOrder.Readers(state, number).Any();
            for (int index = 0; index < stage.Tasks.Count; index++)
            {
                TaskState task = stage.Tasks[index];
                foreach (int attempt in task.Running.Where(run => run.Value == worker).Select(run => run.Key).ToList())
                {
                    task.Running.Remove(attempt);
                    task.Since.Remove(attempt);
                    task.Refused.Remove(attempt);
                }

                if (hasOutputs && task.Winner?.Worker == worker)
                {
                    Forget(new TaskId(new StageId(number), index), null, isWorkerLost: true);
                }
            }
        }
    }

    /// <summary>A rerun succeeds: who has read, or reads now, what it has changed reads again.</summary>
    /// <remarks>
    /// Where records are combined a rerun may write others that mean the same: who has read all of the lost ones, and
    /// was checked against their sums, stays. So does who has sampled them: others have gone by its boundaries since,
    /// which need not be exact.
    /// </remarks>
    /// <returns>Why that cannot be: one of them has written to the output.</returns>
    public SluiceError? StartReadersOver(TaskId producer, IReadOnlyList<RecordSum> lost, IReadOnlyList<RecordSum> rerun)
    {
        StageSpec made = state.Stages[producer.Stage.Value].Spec;
        foreach ((TaskId id, TaskState reader) in ShuffleCertificate.ReadersOfChanged(state, producer, lost, rerun))
        {
            StageSpec reads = state.Stages[id.Stage.Value].Spec;
            if (reader.Winner is not null && !made.Combines)
            {
                if (reads.Commits)
                {
                    return SluiceErrors.RerunDiffers($"{producer}, operator {made.Name}");
                }

                if (StageOrder.Readers(state, id.Stage.Value).Any())
                {
                    Forget(id, null);
                }
            }

            reader.RefuseRunning();
            commands.CancelRunning(id, reader);
        }

        return null;
    }

    /// <summary>
    /// Gives up what a reader has read that has just won, if it has written to the output and so cannot run again; the
    /// last one's goes with the outputs.
    /// </summary>
    public void ReleasePartition(TaskId reader)
    {
        if (state.Stages[reader.Stage.Value].Spec is { Commits: true, Reads: int reads }
            && !StageOrder.MayRelease(state, reads))
        {
            commands.Add(new DiscardPartition(state.ProducersOf(reads), reader.Index));
        }
    }

    /// <summary>Gives up the outputs that nobody can need any more.</summary>
    public void Release()
    {
        // Readers before their producers: giving up one stage's outputs may free those before it.
        for (int stage = state.Stages.Count - 1; stage >= 0; stage--)
        {
            if (!state.Stages[stage].IsReleased && StageOrder.MayRelease(state, stage))
            {
                state.Stages[stage].IsReleased = true;
                foreach (ProducerWin producer in state.ProducersOf(stage))
                {
                    commands.Discard(producer.Attempt, producer.Worker);
                }
            }
        }
    }
}
