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
            int wanted = credits.Count;
            List<Block> blocks = new(wanted);
            try
            {
                while (blocks.Count < wanted && _reader.Remaining > 0)
                {
                    int rooms = Math.Min(credits.Count, wanted - blocks.Count);
                    credits.Use(_reader.Read(credits.Segments[..rooms], blocks));
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
        List<Block> skipped = new(1);
        int used = _reader.Read(credits.Segments[..1], skipped);
        if (used == 0)
        {
            skipped[0].Release();
        }
        else
        {
            credits.Segments[0].Clear();
        }
    }
}
