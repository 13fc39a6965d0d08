namespace Sluice.Buffers.Tests;

/// <summary>Segments of one size, filled with a pattern so that bytes nobody wrote are recognised.</summary>
internal sealed class Pages : IDisposable
{
    public const byte Untouched = 0xA5;

    private readonly MemorySlab? _slab;

    public Pages(int count, int size)
    {
        // A slab has at least one segment; a view of no pages is legal.
        _slab = count == 0 ? null : new MemorySlab(count, size);
        Segments = _slab is null ? [] : _slab.Segments.ToArray();
        foreach (MemorySegment segment in Segments)
        {
            segment.Span.Fill(Untouched);
        }
    }

    public MemorySegment[] Segments { get; }

    public static Pages ForBytes(int bytes, int pageSize) => new((bytes + pageSize - 1) / pageSize, pageSize);

    /// <summary>All bytes in order.</summary>
    public byte[] ToArray() => [.. Segments.SelectMany(segment => segment.Span.ToArray())];

    public void Dispose() => _slab?.Dispose();
}
