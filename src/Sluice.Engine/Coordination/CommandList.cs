using Sluice.Jobs;

namespace Sluice.Engine;

/// <summary>The commands that one event leads to, in the order in which they are to be done.</summary>
internal sealed class CommandList
{
    private List<CoordinatorCommand> _list = [];

    public void Add(CoordinatorCommand command) => _list.Add(command);

    /// <summary>Writes a line of the journal; whatever it announces is added after it.</summary>
    public void Journal(
        string kind,
        AttemptId? attempt = null,
        string? worker = null,
        AttemptResult? result = null,
        SluiceError? error = null,
        int? overtakes = null) =>
        _list.Add(new WriteJournal(new JournalEntry(
            kind, attempt?.Task.Stage.Value, attempt?.Task.Index, attempt?.Number, worker, result, error)
        {
            Overtakes = overtakes,
        }));

    public void Discard(AttemptId attempt, string worker) => _list.Add(new DiscardOutput(attempt, worker));

    /// <summary>Cancels every attempt of a task.</summary>
    public void CancelRunning(TaskId id, TaskState task)
    {
        foreach ((int number, string worker) in task.Running)
        {
            _list.Add(new CancelAttempt(new AttemptId(id, number), worker));
        }
    }

    /// <summary>Hands the commands over and starts an empty list.</summary>
    public IReadOnlyList<CoordinatorCommand> Take()
    {
        List<CoordinatorCommand> taken = _list;
        _list = [];
        return taken;
    }
}
