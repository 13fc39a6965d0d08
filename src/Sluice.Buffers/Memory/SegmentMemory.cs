using System.Buffers;

namespace Sluice.Buffers;

/// <summary>Shows a segment as <see cref="Memory{T}"/>, which asynchronous input and output ask for.</summary>
internal sealed class SegmentMemory(MemorySegment segment) : MemoryManager<byte>
{
    public override Span<byte> GetSpan() => segment.Span;

    /// <remarks>Memory outside the managed heap does not move, so there is nothing to pin.</remarks>
    public override unsafe MemoryHandle Pin(int elementIndex = 0) => new(segment.At(elementIndex, 0));

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
