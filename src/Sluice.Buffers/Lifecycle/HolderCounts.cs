namespace Sluice.Buffers;

/// <summary>Who holds a buffer, as the steps of its life tell it.</summary>
/// <remarks>
/// Counted by place, because the release of a place may be seen after the retain that took the place next. The label is
/// then right already: a place's retains are seen in their order, each before its holder can release. Not thread-safe.
/// </remarks>
public sealed class HolderCounts
{
    private readonly string?[] _labels = new string?[HolderWord.Places];
    private readonly int[] _holders = new int[HolderWord.Places];

    /// <summary>How many hold it; releases that were told ahead of their retains count below zero.</summary>
    public int Total => _holders.Sum();

    /// <summary>Those who hold it.</summary>
    public IEnumerable<HolderPlace> Current => Enumerable.Range(0, HolderWord.Places)
        .Where(index => _holders[index] > 0)
        .Select(index => new HolderPlace(index, _labels[index]!));

    /// <summary>Takes a step in; a request begins anew, with its holder alone.</summary>
    public void Add(in BufferStep step)
    {
        switch (step.Kind)
        {
            case BufferStepKind.Requested:
                Array.Clear(_holders);
                Enter(step.Holder);
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
            case BufferStepKind.Sent or BufferStepKind.Received or BufferStepKind.Read or BufferStepKind.Recycled:
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(step), step.Kind, "An unknown kind of step.");
        }
    }

    private void Enter(HolderPlace holder)
    {
        _holders[holder.Index]++;
        _labels[holder.Index] = holder.Label;
    }
}
