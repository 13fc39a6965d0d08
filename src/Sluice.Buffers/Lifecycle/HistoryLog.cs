namespace Sluice.Buffers;

/// <summary>Writes down one life, in room that is made once and used for the next life again.</summary>
/// <remarks>Not thread-safe: <see cref="SegmentLog"/> calls it under its lock.</remarks>
internal sealed class HistoryLog(int stepsKept)
{
    private readonly BufferStep[] _first = new BufferStep[(stepsKept + 1) / 2];
    private readonly BufferStep[] _last = new BufferStep[stepsKept / 2];
    private readonly HolderCounts _holders = new();
    private long _count;

    public BufferLife Life { get; private set; }

    public string Owner { get; private set; } = "";

    /// <summary>Whether a life was begun here and has not ended.</summary>
    public bool IsOut { get; private set; }

    public bool Knows(BufferLife life) => _count > 0 && Life == life;

    public void Add(in BufferStep step)
    {
        switch (step.Kind)
        {
            case BufferStepKind.Requested:
                (Life, Owner, IsOut, _count) = (step.Life, step.Owner, true, 0);
                break;
            case BufferStepKind.Recycled:
                IsOut = false;
                break;
            default:
                break;
        }

        _holders.Add(step);
        long behindFirst = _count - _first.Length;
        if (behindFirst < 0)
        {
            _first[_count] = step;
        }
        else
        {
            _last[behindFirst % _last.Length] = step;
        }

        _count++;
    }

    public OutstandingBuffer ToOutstanding() => new([.. _holders.Current], ToHistory());

    public BufferHistory ToHistory()
    {
        long behindFirst = Math.Max(0, _count - _first.Length);
        long leftOut = Math.Max(0, behindFirst - _last.Length);
        var last = new BufferStep[behindFirst - leftOut];
        for (int i = 0; i < last.Length; i++)
        {
            last[i] = _last[(leftOut + i) % _last.Length];
        }

        return new BufferHistory(Life, Owner, _first[..(int)Math.Min(_count, _first.Length)], leftOut, last);
    }
}
