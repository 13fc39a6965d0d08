namespace Sluice.Sorting;

/// <summary>Where runs go that do not stay in memory.</summary>
public interface ISpillStore
{
    /// <summary>Creates an empty file.</summary>
    /// <param name="hint">Goes into the file's name, for people who look into the directory.</param>
    /// <exception cref="IOException">The file cannot be created.</exception>
    IStoredFile Create(string hint);
}

/// <summary>One file of a spill store: written once, read at any place, deleted when disposed.</summary>
public interface IStoredFile : IDisposable
{
    /// <summary>Names the file in messages.</summary>
    string Path { get; }

    /// <summary>Writes all of <paramref name="bytes"/> at <paramref name="offset"/>.</summary>
    /// <exception cref="IOException">Disk full, or the device failed.</exception>
    void Write(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>
    /// Writes all of <paramref name="pieces"/>, one behind the other, from <paramref name="offset"/> on.
    /// </summary>
    /// <exception cref="IOException">Disk full, or the device failed.</exception>
    void Write(IReadOnlyList<ReadOnlyMemory<byte>> pieces, long offset);

    /// <summary>Reads at <paramref name="offset"/> until <paramref name="bytes"/> is full or the file ends.</summary>
    /// <returns>How many bytes were read.</returns>
    int Read(Span<byte> bytes, long offset);

    /// <summary>
    /// Reads at <paramref name="offset"/> until all <paramref name="pieces"/> are full or the file ends.
    /// </summary>
    /// <returns>How many bytes were read.</returns>
    long Read(IReadOnlyList<Memory<byte>> pieces, long offset)
    {
        long filled = 0;
        foreach (Memory<byte> piece in pieces)
        {
            int count = Read(piece.Span, offset + filled);
            filled += count;
            if (count < piece.Length)
            {
                break;
            }
        }

        return filled;
    }

    /// <summary>Whether large reads of a stretch wait for a device, so that it pays to ask for them ahead.</summary>
    bool WaitsForDevice(long offset, long length) => false;

    /// <summary>Says that the file is not wanted any more: a write that waits for room on the disk ends.</summary>
    void GiveUp()
    {
    }

    /// <summary>
    /// Says that the file ends there and grows no more: what the file system keeps behind it for more goes back.
    /// </summary>
    /// <param name="length">Bytes of the whole file.</param>
    void Finish(long length)
    {
    }

    /// <summary>
    /// Gives the room of a stretch back to the disk where the file system can; it is not read any more.
    /// </summary>
    void Discard(long offset, long length);
}
