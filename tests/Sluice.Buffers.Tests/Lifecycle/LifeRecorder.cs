namespace Sluice.Buffers.Tests;

/// <summary>A hook that writes down what it is told, for tests on one thread.</summary>
internal sealed class LifeRecorder : IBufferLifecycle
{
    public List<string> Steps { get; } = [];

    /// <summary>The only segment it wants to see; null for all.</summary>
    public int? OnlySegment { get; init; }

    public bool Watches(BufferLife life, string owner) => OnlySegment is null || life.Segment == OnlySegment;

    public void OnStep(in BufferStep taken) =>
        Steps.Add($"{taken.Life.Segment}/{taken.Life.Generation} {taken}, {taken.At.TotalMilliseconds} ms");

    public void OnPoolDestroyed(string owner, int outstanding) => Steps.Add($"destroyed '{owner}' {outstanding}");
}
