namespace Sluice.Engine;

/// <summary>
/// What a coordinator has decided, in order: nothing is done before the journal has all lines that were decided before.
/// </summary>
/// <remarks>
/// <code>
/// decided     line 1   act a   line 2   act b            line 3   act c
///                                       Go: 1, 2 written; a; b; 3 written; c
/// </code>
/// Lines that wait are written together, by <see cref="IJobWorkers.Write"/>, which may take long; what is decided
/// meanwhile waits for its turn. So lines may be written that stand behind acts not yet done, never the other way
/// round. Ownership: the journal stays its maker's. Threading: as the job's host, but for the writing.
/// </remarks>
internal sealed class JournalQueue(Journal journal, IJobWorkers workers, PatientWrites writes)
{
    private readonly List<JournalEntry> _written = [];
    private List<JournalEntry> _lines = [];
    private List<string> _leftovers = [];
    private List<Action> _acts = [];
    private bool _isWriting;

    /// <summary>Whether the journal has all that was decided.</summary>
    public bool IsSettled => !_isWriting && _lines.Count == 0;

    /// <summary>What is written, a JSON object a line.</summary>
    public string Text => Journal.TextOf(_written);

    /// <summary>These lines are in the journal already.</summary>
    public void Begin(IEnumerable<JournalEntry> written) => _written.AddRange(written);

    /// <summary>Decides on a line.</summary>
    public void Add(JournalEntry line) => _lines.Add(line);

    /// <summary>Decides on something to be done.</summary>
    public void Add(Action act) => _acts.Add(act);

    /// <summary>Decides on a file to be deleted.</summary>
    public void Delete(string path) => _leftovers.Add(path);

    /// <summary>Does what is decided; returns before that where writing takes long.</summary>
    public void Go()
    {
        if (_isWriting)
        {
            return;
        }

        (List<JournalEntry> lines, List<string> leftovers, List<Action> acts) = (_lines, _leftovers, _acts);
        (_lines, _leftovers, _acts) = ([], [], []);
        if (lines.Count + leftovers.Count == 0)
        {
            acts.ForEach(act => act());
            return;
        }

        _isWriting = true;
        workers.Write(
            () =>
            {
                writes.Run(journal.Path, () => journal.Append(lines));
                leftovers.ForEach(Remove);
            },
            () =>
            {
                _isWriting = false;
                _written.AddRange(lines);
                acts.ForEach(act => act());
                Go();
            });
    }

    // What cannot be deleted now goes with its directory.
    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
        }
    }
}
