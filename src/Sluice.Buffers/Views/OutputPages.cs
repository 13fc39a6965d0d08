using System.Diagnostics.CodeAnalysis;

namespace Sluice.Buffers;

/// <summary>The pages of an output view, all of one size, and where further ones come from.</summary>
internal sealed class OutputPages(Func<MemorySegment?>? source)
{
    private readonly List<MemorySegment> _pages = [];

    /// <summary>The pages there are, in order.</summary>
    public IReadOnlyList<MemorySegment> All => _pages;

    /// <summary>Bytes of each page; 0 before the first.</summary>
    public int Size { get; private set; }

    /// <summary>Bytes the pages can hold.</summary>
    public long Capacity => (long)_pages.Count * Size;

    public MemorySegment this[int index] => _pages[index];

    /// <exception cref="ArgumentException">The page has no bytes, or not as many as the others.</exception>
    public void Add(MemorySegment page)
    {
        ArgumentNullException.ThrowIfNull(page);
        if (page.Size == 0 || (_pages.Count > 0 && page.Size != Size))
        {
            throw new ArgumentException(
                $"A page of {page.Size} bytes does not go with pages of {Size} bytes.", nameof(page));
        }

        Size = page.Size;
        _pages.Add(page);
    }

    /// <summary>Makes sure that so many bytes fit behind a position, before any of them is written.</summary>
    /// <exception cref="EndOfStreamException">There are no more pages.</exception>
    public void Reserve(long position, long length)
    {
        while (Capacity - position < length)
        {
            MemorySegment? page = source?.Invoke();
            if (page is null)
            {
                ThrowFull(position, length);
            }

            Add(page);
        }
    }

    [DoesNotReturn]
    private void ThrowFull(long position, long length) => throw new EndOfStreamException(
        $"{length} bytes do not fit at position {position} of {_pages.Count} pages with {Capacity} bytes in all.");
}
