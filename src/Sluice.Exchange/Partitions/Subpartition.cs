using Sluice.Buffers;
using Sluice.Sorting;

namespace Sluice.Exchange;

/// <summary>Serves one row of blocks to one attempt that reads it, from a sequence number on.</summary>
/// <remarks>
/// Asking again for a sequence gives the same blocks again: at once when it was not acknowledged, else by reading from
/// the start. Threading: guarded by its own lock, because a late fetch may meet its repetition.
/// </remarks>
internal sealed class Subpartition
{
    private readonly Lock _gate = new();
    private readonly Func<IBlockReader> _open;
    private IBlockReader _reader;
    private int _acknowledged;

    /// <param name="source">Names the run in messages.</param>
    /// <param name="open">Reads the row from its start.</param>
    public Subpartition(string source, Func<IBlockReader> open)
    {
        Source = source;
        _open = open;
        _reader = open();
    }

    /// <summary>Names the run in messages.</summary>
    public string Source { get; }

    /// <summary>Reads at most as many blocks as there are credits.</summary>
    /// <returns>Blocks whose references the caller owns, and how many more wait.</returns>
    public (IReadOnlyList<Block> Blocks, int Backlog) Read(int fromSequence, CreditReservation credits)
    {
        lock (_gate)
        {
            MoveTo(fromSequence, credits);
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

    private void MoveTo(int sequence, CreditReservation credits)
    {
        if (sequence < _acknowledged)
        {
            _reader = _open();
        }

        while (_reader.Sequence < sequence && _reader.Remaining > 0)
        {
            Skip(credits);
        }

        _acknowledged = sequence;
        _reader.Acknowledge(sequence);
        _reader.Rewind(sequence);
    }

    private void Skip(CreditReservation credits)
    {
        NetworkBuffer room = credits.Take();
        bool usedRoom = false;
        try
        {
            _reader.TryRead(room, out Block block, out usedRoom);
            if (!usedRoom)
            {
                block.Release();
            }
        }
        finally
        {
            room.Clear();
            credits.GiveBack(room);
        }
    }
}
