using Sluice.Buffers;

namespace Sluice.Sorting;

/// <summary>Reads one partition of a run of this task's own, through segments of its pool.</summary>
/// <remarks>
/// Where reads wait for a device, one half of the segments is read in the background while the other is used.
/// Ownership: blocks read and not taken yet are the source's. Threading: the merging thread.
/// </remarks>
internal sealed class RunBlockSource : IBlockSource, IDisposable
{
    /// <summary>With more segments than this, reads do not become faster.</summary>
    public const int MostSegments = 32;

    private readonly SortedRun _run;
    private readonly int _partition;
    private readonly IBufferPool _pool;
    private readonly int _segmentsPerRead;
    private readonly bool _readsAhead;
    private readonly CancellationToken _cancellation;
    private readonly Queue<Block> _blocks = new();
    private IBlockReader? _reader;
    private Task<List<Block>>? _ahead;
    private int _taken;

    /// <param name="run">Stays the caller's.</param>
    /// <param name="partition">Which of its partitions.</param>
    /// <param name="pool">Gives the segments.</param>
    /// <param name="cancellation">Ends waiting for them.</param>
    /// <param name="segments">How many it holds at the most, the one taken last included.</param>
    public RunBlockSource(
        SortedRun run, int partition, IBufferPool pool, CancellationToken cancellation, int segments = 1)
    {
        _run = run;
        _partition = partition;
        _pool = pool;
        _readsAhead = segments > 1 && run.WaitsForDevice(partition);
        _segmentsPerRead = _readsAhead ? segments / 2 : segments;
        _cancellation = cancellation;
    }

    public string Name => _run.Name;

    private IBlockReader Reader => _reader ??= _run.Open(_partition);

    public int CountBlocks() => Reader.Remaining;

    public void Prepare()
    {
        if (_readsAhead && _ahead is null && _blocks.Count == 0)
        {
            ReadAhead();
        }
    }

    public bool TryTake(out Block block)
    {
        if (_blocks.Count == 0)
        {
            foreach (Block next in NextBlocks())
            {
                _blocks.Enqueue(next);
            }

            if (_readsAhead)
            {
                ReadAhead();
            }
        }

        if (!_blocks.TryDequeue(out block))
        {
            return false;
        }

        block.Buffer.NoteRead();
        int number = _taken;
        _taken++;
        if (!BlockFormat.Verify(block.Bytes, number, out string? damage))
        {
            block.Release();
            throw Damaged(damage);
        }

        return true;
    }

    public IOException Damaged(string what) => new BlockCorruptException(Name, _partition, _taken - 1, what);

    public void Dispose()
    {
        if (_ahead is not null)
        {
            try
            {
                foreach (Block block in Finished(_ahead))
                {
                    block.Release();
                }
            }
#pragma warning disable CA1031 // Nobody wants the blocks any more, nor why there are none.
            catch (Exception)
#pragma warning restore CA1031
            {
            }

            _ahead = null;
        }

        while (_blocks.TryDequeue(out Block block))
        {
            block.Release();
        }
    }

    // On a dedicated thread, which waits as the read itself would let it wait.
    private static List<Block> Finished(Task<List<Block>> read)
    {
        using WaitClock.Wait wait = WaitClock.Begin(WaitKind.SpillRead);
        return read.GetAwaiter().GetResult();
    }

    private List<Block> NextBlocks()
    {
        if (_ahead is not null)
        {
            Task<List<Block>> ahead = _ahead;
            _ahead = null;
            return Finished(ahead);
        }

        int wanted = Math.Min(_segmentsPerRead, Reader.Remaining);
        return Read(Reader, _pool.RequestAll(wanted, _cancellation));
    }

    // Only with segments that are free at this moment: what is read now must not wait for what is read later.
    private void ReadAhead()
    {
        IBlockReader reader = Reader;
        int wanted = Math.Min(_segmentsPerRead, reader.Remaining);
        List<NetworkBuffer> rooms = new(wanted);
        while (rooms.Count < wanted && _pool.TryRequest(out NetworkBuffer room))
        {
            rooms.Add(room);
        }

        if (rooms.Count > 0)
        {
            NetworkBuffer[] taken = [.. rooms];
            _ahead = Task.Run(() => Read(reader, taken), CancellationToken.None);
        }
    }

    // Gives back the rooms that it did not use.
    private static List<Block> Read(IBlockReader reader, NetworkBuffer[] rooms)
    {
        reader.Acknowledge(reader.Sequence);
        List<Block> blocks = new(rooms.Length);
        int used = 0;
        try
        {
            if (rooms.Length > 0)
            {
                used = reader.Read(rooms, blocks);
            }
        }
        finally
        {
            for (int i = used; i < rooms.Length; i++)
            {
                rooms[i].Release();
            }
        }

        return blocks;
    }
}
