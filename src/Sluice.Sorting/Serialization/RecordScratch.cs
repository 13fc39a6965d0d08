namespace Sluice.Sorting;

/// <summary>A buffer that one task encodes one item after the other in; it grows to the longest.</summary>
public sealed class RecordScratch : RecordRoom
{
    private const int SmallLength = 256;
    private const int KeptLength = 1 << 20;

    private readonly long _longest;
    private byte[] _bytes = new byte[SmallLength];

    public RecordScratch()
        : this(Array.MaxLength)
    {
    }

    /// <param name="longest">Bytes beyond which an item is refused.</param>
    internal RecordScratch(long longest)
    {
        _longest = Math.Min(longest, Array.MaxLength);
    }

    internal override bool MayCross => false;

    /// <summary>All the room there is now.</summary>
    internal Span<byte> Bytes => _bytes;

    /// <exception cref="RecordTooLargeException">The item is longer than it may be.</exception>
    internal override Span<byte> Grow(scoped Span<byte> window, scoped ref int before, scoped ref int used, int size)
    {
        Reserve(used, size);
        return _bytes;
    }

    internal override Span<byte> Join(scoped Span<byte> window, scoped ref int before, scoped ref int used) => _bytes;

    /// <summary>Makes room for <paramref name="size"/> bytes behind the first <paramref name="used"/>, which
    /// stay.</summary>
    internal void Reserve(int used, int size)
    {
        long needed = (long)used + size;
        if (used > _longest || needed > Array.MaxLength)
        {
            throw new RecordTooLargeException(needed, _longest);
        }

        if (needed > _bytes.Length)
        {
            byte[] grown = new byte[Math.Max(needed, Math.Min(2L * _bytes.Length, _longest))];
            _bytes.AsSpan(0, used).CopyTo(grown);
            _bytes = grown;
        }
    }

    /// <summary>Gives memory back that only a very long item needed.</summary>
    internal void Shrink()
    {
        if (_bytes.Length > KeptLength)
        {
            _bytes = new byte[SmallLength];
        }
    }
}
