namespace Sluice.Buffers;

/// <summary>What was still out when a local pool was destroyed.</summary>
/// <param name="Owner">The pool's owner label.</param>
/// <param name="Buffers">The buffers, in order of their segments.</param>
public sealed record BufferLeak(string Owner, IReadOnlyList<OutstandingBuffer> Buffers)
{
    public override string ToString() =>
        $"The pool of '{Owner}' was destroyed with {Buffers.Count} buffer(s) out: {string.Join("; ", Buffers)}.";
}
