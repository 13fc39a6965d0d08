namespace Sluice.Buffers;

/// <summary>Writes down one life, in room that is made once and used for the next life again.</summary>
/// <remarks>Not thread-safe: <see cref="SegmentLog"/> calls it under its lock.</remarks>
internal sealed class HistoryLog(int stepsKept)
{
    private readonly BufferStep[] _first = new BufferStep[(stepsKept + 1) / 2];
    private readonly BufferStep[] _last = new BufferStep[stepsKept / 2];
    private readonly string?[] _labels = new string?[HolderWord.Places];
    private readonly int[] _holders = new int[HolderWord.Places];
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
                Begin(step);
                break;
            case BufferStepKind.Retained:
                Enter(step.Holder);
                break;
            case BufferStepKind.HandedOver:
                _holders[step.From.Index]--;
                Enter(step.Holder);
                break;
            case BufferStepKind.Released:
                _holders[step.Holder.Index]--;
                break;
            case BufferStepKind.Sent or BufferStepKind.Received or BufferStepKind.Read:
                break;
            case BufferStepKind.Recycled:
                IsOut = false;
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(step), step.Kind, "An unknown kind of step.");
        }

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

    public OutstandingBuffer ToOutstanding() =>
        new(
            [.. Enumerable.Range(0, HolderWord.Places)
                .Where(index => _holders[index] > 0)
                .Select(index => new HolderPlace(index, _labels[index]!))],
            ToHistory());

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

    private void Begin(in BufferStep step)
    {
        (Life, Owner, IsOut, _count) = (step.Life, step.Owner, true, 0);
        Array.Clear(_holders);
        Enter(step.Holder);
    }

    /// <remarks>
    /// Counted, because the release of a place may be seen after the retain that took the place next. The label is
    /// then right already: a place's retains are seen in their order, each before its holder can release.
    /// </remarks>
    private void Enter(HolderPlace holder)
    {
        _holders[holder.Index]++;
        _labels[holder.Index] = holder.Label;
    }
}
