namespace Sluice.Sorting;

/// <summary>Blocks of one sorted run in order, wherever they come from: a file, memory or a channel.</summary>
public interface IBlockSource
{
    /// <summary>Names the source in messages.</summary>
    string Name { get; }

    /// <summary>Blocks not taken yet. Asked before the first is taken, and only where runs must be chosen
    /// from.</summary>
    /// <exception cref="IOException">The run cannot be read.</exception>
    int CountBlocks();

    /// <summary>
    /// The first block is wanted soon: a source that must wait for it asks for it now, and does not wait.
    /// </summary>
    void Prepare()
    {
    }

    /// <summary>Waits for the next block; false at the end.</summary>
    /// <param name="block">A verified block, whose reference the caller owns.</param>
    /// <exception cref="BlockCorruptException">What came is not what was written.</exception>
    bool TryTake(out Block block);

    /// <summary>The block taken last was what its writer sealed, and still cannot be read: the error that says
    /// so.</summary>
    /// <param name="what">What was expected and what was found.</param>
    IOException Damaged(string what);
}
