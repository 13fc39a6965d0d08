namespace Sluice.Buffers;

/// <summary>The present life of a segment and the one before it.</summary>
/// <remarks>
/// The one before is kept for messages: a handle that is released twice is most often of a life that has just ended.
/// Threading: any thread; one short lock a segment.
/// </remarks>
internal sealed class SegmentLog(int stepsKept)
{
    private readonly Lock _gate = new();

    // Guarded by _gate.
    private HistoryLog _present = new(stepsKept);
    private HistoryLog _previous = new(stepsKept);

    public void Add(in BufferStep step)
    {
        lock (_gate)
        {
            if (step.Kind == BufferStepKind.Requested)
            {
                (_present, _previous) = (_previous, _present);
                _present.Add(step);
            }
            else
            {
                // A step of a life longer ago was overtaken by two lives; nobody will ask for it.
                Find(step.Life)?.Add(step);
            }
        }
    }

    /// <summary>The buffer as it is out now; null when it is not out, or belongs to another owner.</summary>
    public OutstandingBuffer? ToOutstanding(string? owner)
    {
        lock (_gate)
        {
            return _present.IsOut && (owner is null || _present.Owner == owner) ? _present.ToOutstanding() : null;
        }
    }

    public BufferHistory? HistoryOf(BufferLife life)
    {
        lock (_gate)
        {
            return Find(life)?.ToHistory();
        }
    }

    private HistoryLog? Find(BufferLife life) =>
        _present.Knows(life) ? _present : _previous.Knows(life) ? _previous : null;
}
