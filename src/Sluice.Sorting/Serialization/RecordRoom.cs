namespace Sluice.Sorting;

/// <summary>Where a <see cref="RecordWriter"/> writes: gives it one window after the other, only when one is too
/// small.</summary>
public abstract class RecordRoom
{
    private protected RecordRoom()
    {
    }

    /// <summary>Whether bytes may go on in another window; if not, all of an item stays in one piece.</summary>
    internal abstract bool MayCross { get; }

    /// <summary>Gives a window with room for <paramref name="size"/> bytes behind what stays in it.</summary>
    /// <param name="window">The window so far; nothing but what is given now is written from here on.</param>
    /// <param name="before">Bytes of the item in earlier windows.</param>
    /// <param name="used">Bytes of the item in this one.</param>
    /// <param name="size">Bytes wanted.</param>
    internal abstract Span<byte> Grow(scoped Span<byte> window, scoped ref int before, scoped ref int used, int size);

    /// <summary>Gives a window with all of the item, to be changed where it stands.</summary>
    internal abstract Span<byte> Join(scoped Span<byte> window, scoped ref int before, scoped ref int used);
}
