namespace Sluice.Buffers;

/// <summary>What was still out when a local pool was destroyed.</summary>
/// <param name="Owner">The pool's owner label.</param>
/// <param name="Outstanding">How many of its buffers were out in all.</param>
/// <param name="Buffers">Those of them that were followed, in order of their segments.</param>
public sealed record BufferLeak(string Owner, int Outstanding, IReadOnlyList<OutstandingBuffer> Buffers)
{
    /// <summary>Owner, every buffer with its holders and its history, and what to do next.</summary>
    public override string ToString() =>
        $"The pool of '{Owner}' was destroyed with {Outstanding} buffer(s) not given back; {Buffers.Count} followed:\n"
        + string.Join("\n", Buffers)
        + "\nWho is named as holding a buffer has not released its handle: look there for the path without Release or "
        + "Dispose. A holder that may outlive the pool is no leak if it releases later; label it when it retains "
        + "or is handed the buffer, so that this list tells it from the others.";
}
