using Sluice.Buffers;
using Sluice.Sorting;

namespace Sluice.Exchange;

/// <summary>Serves one row of blocks to one consumer, from a sequence number on.</summary>
/// <remarks>Asking again for a sequence that was not acknowledged gives the same blocks again. Threading: guarded by its
/// own lock, because a late fetch may meet its repetition.</remarks>
internal sealed class Subpartition
{
    private readonly Lock _gate = new();
    private readonly IBlockReader _reader;

    public Subpartition(string source, IBlockReader reader)
    {
        Source = source;
        _reader = reader;
    }

    /// <summary>Names the run in messages.</summary>
    public string Source { get; }

    /// <summary>Reads at most as many blocks as there are credits.</summary>
    /// <returns>Blocks whose references the caller owns, and how many more wait.</returns>
    public (IReadOnlyList<Block> Blocks, int Backlog) Read(int fromSequence, CreditReservation credits)
    {
        lock (_gate)
        {
            _reader.Acknowledge(fromSequence);
            _reader.Rewind(fromSequence);
            List<Block> blocks = new(credits.Count);
            try
            {
                for (int left = credits.Count; left > 0 && _reader.Remaining > 0; left--)
                {
                    NetworkBuffer room = credits.Take();
                    bool usedRoom = false;
                    try
                    {
                        _reader.TryRead(room, out Block block, out usedRoom);
                        blocks.Add(block);
                    }
                    finally
                    {
                        if (!usedRoom)
                        {
                            credits.GiveBack(room);
                        }
                    }
                }
            }
            catch
            {
                blocks.ForEach(block => block.Release());
                throw;
            }

            return (blocks, _reader.Remaining);
        }
    }
}
