namespace Sluice.Buffers.Tests;

/// <summary>A hook that writes down what it is told, for tests on one thread.</summary>
internal sealed class LifeRecorder : IBufferLifecycle
{
    public List<string> Steps { get; } = [];

    /// <summary>The generations of the lives whose request it saw.</summary>
    public List<int> Requested { get; } = [];

    /// <summary>The lives it wants to see; all unless it is set.</summary>
    public Func<BufferLife, bool> Only { get; init; } = _ => true;

    public bool Watches(BufferLife life, string owner) => Only(life);

    public void OnStep(in BufferStep taken)
    {
        if (taken.Kind == BufferStepKind.Requested)
        {
            Requested.Add(taken.Life.Generation);
        }

        Steps.Add($"{taken.Life.Segment}/{taken.Life.Generation} {taken}, {taken.At.TotalMilliseconds} ms");
    }

    public void OnPoolDestroyed(string owner, int outstanding) => Steps.Add($"destroyed '{owner}' {outstanding}");
}
