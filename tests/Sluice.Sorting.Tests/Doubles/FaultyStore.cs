namespace Sluice.Sorting.Tests;

/// <summary>A store some of whose files have a fault; the others are those of the store below.</summary>
/// <param name="inner">Keeps the files.</param>
/// <param name="hint">Files of this kind are faulty.</param>
/// <param name="count">So many of them, the first ones.</param>
internal abstract class FaultyStore(ISpillStore inner, string hint, int count) : ISpillStore
{
    private int _seen;

    /// <summary>How many faulty files were made.</summary>
    public int FaultyFiles => Math.Min(Volatile.Read(ref _seen), count);

    public IStoredFile Create(string made)
    {
        bool isFaulty = made == hint && Interlocked.Increment(ref _seen) <= count;
        IStoredFile file = inner.Create(made);
        return isFaulty ? Faulty(file) : file;
    }

    protected abstract IStoredFile Faulty(IStoredFile file);
}

/// <summary>A file that does what the one below does, and knows its length.</summary>
internal class FaultyFile(IStoredFile inner) : IStoredFile
{
    public long Length { get; private set; }

    public string Path => inner.Path;

    public virtual void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        inner.Write(bytes, offset);
        Length = Math.Max(Length, offset + bytes.Length);
    }

    public virtual void Write(IReadOnlyList<ReadOnlyMemory<byte>> pieces, long offset)
    {
        foreach (ReadOnlyMemory<byte> piece in pieces)
        {
            Write(piece.Span, offset);
            offset += piece.Length;
        }
    }

    public virtual int Read(Span<byte> bytes, long offset) => inner.Read(bytes, offset);

    public void Discard(long offset, long length) => inner.Discard(offset, length);

    public void Dispose() => inner.Dispose();
}
