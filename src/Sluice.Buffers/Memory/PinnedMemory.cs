using System.Buffers;

namespace Sluice.Buffers;

/// <summary>
/// Wraps memory that is there already (an array, a part of one, any <see cref="Memory{T}"/>) as one segment.
/// </summary>
/// <remarks>
/// The bytes are shared, not copied, and stay pinned until the wrapper is disposed.
/// Ownership: whoever makes the wrapper disposes it; the memory itself stays the caller's. From then on every access
/// through <see cref="Segment"/> throws, and spans taken from it earlier must no longer be used.
/// There is no finalizer, for the same reason as in <see cref="MemorySlab"/>: what is never disposed stays pinned.
/// </remarks>
public sealed unsafe class PinnedMemory : IDisposable
{
    private MemoryHandle _pin;
    private bool _freed;

    /// <param name="memory">At least one byte.</param>
    /// <exception cref="ArgumentException">There are no bytes, or they cannot be pinned.</exception>
    public PinnedMemory(Memory<byte> memory)
    {
        if (memory.IsEmpty)
        {
            throw new ArgumentException("The memory is empty; a segment has at least one byte.", nameof(memory));
        }

        _pin = memory.Pin();
        Segment = new MemorySegment((byte*)_pin.Pointer, memory.Length);
    }

    /// <summary>The wrapped bytes.</summary>
    public MemorySegment Segment { get; }

    /// <summary>Unpins the memory. Further calls, from any thread, do nothing.</summary>
    public void Dispose()
    {
        if (!Interlocked.Exchange(ref _freed, true))
        {
            Segment.MarkFreed();
            _pin.Dispose();
        }
    }
}
