using Sluice.Jobs;

namespace Sluice.Engine;

/// <summary>
/// Gives free slots to tasks: producers first, tasks near their input before others, stragglers last.
/// </summary>
/// <remarks>A part of the coordinator, on its state. Threading: the coordinator's.</remarks>
internal sealed class AttemptStarts
{
    private readonly CoordinatorState _state;
    private readonly CommandList _commands;

    /// <param name="state">The coordinator's.</param>
    /// <param name="commands">Gets what is to be done.</param>
    public AttemptStarts(CoordinatorState state, CommandList commands)
    {
        _state = state;
        _commands = commands;
    }

    /// <summary>
    /// Starts attempts of the tasks that wait for a slot and find one; when all have, second ones of those that take
    /// too long.
    /// </summary>
    public void StartWhatCan()
    {
        if (StartWaiting())
        {
            OvertakeStragglers();
        }
    }

    // False when there was no slot for all.
    private bool StartWaiting()
    {
        foreach (int number in OpenStages())
        {
            // First those that find a slot near their input; a task that finds none waits for no slot there.
            if (StageOrder.AnySlotFree(_state))
            {
                StartNearInput(number);
            }

            if (!StartAnywhere(number))
            {
                return false;
            }
        }

        return true;
    }

    private void StartNearInput(int stageNumber)
    {
        foreach ((int index, TaskState task) in Waiting(stageNumber))
        {
            if (task.Near.Count > 0 && StageOrder.ChooseWorker(
                _state, task, worker => task.Near.Contains(worker) && !task.FailedOn.Contains(worker)) is string worker)
            {
                Start(stageNumber, index, task, worker);
            }
        }
    }

    // False when there was no slot for all.
    private bool StartAnywhere(int stageNumber)
    {
        foreach ((int index, TaskState task) in Waiting(stageNumber))
        {
            if (StageOrder.ChooseWorker(_state, task) is not string worker)
            {
                return false;
            }

            Start(stageNumber, index, task, worker);
        }

        return true;
    }

    // The stages that are not done and may have slots.
    private IEnumerable<int> OpenStages()
    {
        for (int number = 0; number < _state.Stages.Count; number++)
        {
            if (!_state.Stages[number].IsDone && StageOrder.MayStart(_state, number))
            {
                yield return number;
            }
        }
    }

    // The tasks of a stage that have not won and do not run; looked up one by one, while those before are started.
    private IEnumerable<(int Index, TaskState Task)> Waiting(int stageNumber)
    {
        List<TaskState> tasks = _state.Stages[stageNumber].Tasks;
        for (int index = 0; index < tasks.Count; index++)
        {
            if (tasks[index] is { Winner: null, Running.Count: 0 } task)
            {
                yield return (index, task);
            }
        }
    }

    private void OvertakeStragglers()
    {
        foreach (int number in OpenStages())
        {
            StageState stage = _state.Stages[number];
            for (int index = 0; index < stage.Tasks.Count; index++)
            {
                TaskState task = stage.Tasks[index];
                if (Stragglers.IsLate(_state, stage, task) && Stragglers.ChooseWorker(_state, task) is string worker)
                {
                    Start(number, index, task, worker, overtakes: task.Running.Keys.First());
                }
            }
        }
    }

    private void Start(int stageNumber, int index, TaskState task, string worker, int? overtakes = null)
    {
        StageState stage = _state.Stages[stageNumber];
        AttemptId attempt = new(new TaskId(new StageId(stageNumber), index), ++task.Attempts);
        task.Running[attempt.Number] = worker;
        task.Since[attempt.Number] = _state.Now;
        _state.FreeSlots[worker]--;
        _commands.Journal("attempt", attempt, worker, overtakes: overtakes);
        _commands.Add(new StartAttempt(
            attempt,
            worker,
            stage.Spec.Reads is int reads ? _state.ProducersOf(reads) : [],
            Values()));
    }

    // What stages have yielded so far, by stage: a value is yielded by a stage of one task.
    private Dictionary<int, byte[]> Values()
    {
        Dictionary<int, byte[]> values = [];
        for (int number = 0; number < _state.Stages.Count; number++)
        {
            if (_state.Stages[number].Tasks is [{ Winner.Result.Value: byte[] value }, ..])
            {
                values.Add(number, value);
            }
        }

        return values;
    }
}
