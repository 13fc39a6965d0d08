using Sluice.Buffers;

namespace Sluice.Sorting;

/// <summary>A sorted sequence of records per partition, as blocks in memory or in a file.</summary>
/// <remarks>Ownership: disposing the run frees its memory or deletes its file; readers must be done by then.</remarks>
public abstract class SortedRun : IDisposable
{
    /// <summary>Names the run in messages: its file, or that it is in memory.</summary>
    public abstract string Name { get; }

    /// <summary>Bytes of all partitions, about.</summary>
    public abstract long Length { get; }

    /// <summary>Where partition <paramref name="partition"/> lies and how large it is.</summary>
    /// <exception cref="IOException">The run's index cannot be read, or is damaged.</exception>
    public abstract PartitionRange RangeOf(int partition);

    /// <summary>Opens a partition's blocks from the first on.</summary>
    /// <exception cref="IOException">The run's index cannot be read, or is damaged.</exception>
    public abstract IBlockReader Open(int partition);

    /// <summary>Whether reading large pieces of a partition waits for a device, so that it pays to ask for them
    /// ahead.</summary>
    public virtual bool WaitsForDevice(int partition) => false;

    /// <summary>Gives back what a partition takes that nobody will read again.</summary>
    public abstract void Discard(int partition);

    public abstract void Dispose();
}

/// <summary>One partition of one run.</summary>
/// <param name="Offset">Bytes before it in the run.</param>
/// <param name="Length">Bytes of its blocks, headers included.</param>
/// <param name="Blocks">How many blocks it has.</param>
public readonly record struct PartitionRange(long Offset, long Length, int Blocks);

/// <summary>Reads one partition of a run, block by block; positions can be returned to.</summary>
/// <remarks>Threading: one thread at a time.</remarks>
public interface IBlockReader
{
    /// <summary>The number of the next block, from 0.</summary>
    int Sequence { get; }

    /// <summary>Blocks not read yet.</summary>
    int Remaining { get; }

    /// <summary>
    /// Reads the next blocks: one at least, unless none remains, and as many as there are rooms at most.
    /// </summary>
    /// <param name="rooms">Segments to read into, one at least; used from the first on, and only for blocks that are
    /// not in memory already.</param>
    /// <param name="blocks">The blocks are added here, with references that the caller owns.</param>
    /// <returns>How many of the rooms were used: their references went into blocks.</returns>
    /// <exception cref="BlockCorruptException">What lies there is not a block; nothing was added or used.</exception>
    int Read(ReadOnlySpan<NetworkBuffer> rooms, List<Block> blocks);

    /// <summary>
    /// Goes back to block <paramref name="sequence"/>, which must not lie before the last one acknowledged.
    /// </summary>
    void Rewind(int sequence);

    /// <summary>Blocks below <paramref name="sequence"/> will not be asked for again.</summary>
    void Acknowledge(int sequence);
}
