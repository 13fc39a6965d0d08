using Sluice.Buffers;

namespace Sluice.Sorting;

/// <summary>Reads one partition of a run of this task's own, through segments of its pool.</summary>
internal sealed class RunBlockSource : IBlockSource
{
    private readonly SortedRun _run;
    private readonly int _partition;
    private readonly IBufferPool _pool;
    private readonly CancellationToken _cancellation;
    private IBlockReader? _reader;

    public RunBlockSource(SortedRun run, int partition, IBufferPool pool, CancellationToken cancellation)
    {
        _run = run;
        _partition = partition;
        _pool = pool;
        _cancellation = cancellation;
    }

    public string Name => _run.Name;

    private IBlockReader Reader => _reader ??= _run.Open(_partition);

    public int CountBlocks() => Reader.Remaining;

    public bool TryTake(out Block block)
    {
        _reader = Reader;
        _reader.Acknowledge(_reader.Sequence);
        block = default;
        if (_reader.Remaining == 0)
        {
            return false;
        }

        NetworkBuffer room = _pool.Request(_cancellation);
        bool usedRoom = false;
        bool verified = false;
        try
        {
            _reader.TryRead(room, out block, out usedRoom);
            block.Buffer.NoteRead();
            int number = _reader.Sequence - 1;
            verified = BlockFormat.Verify(block.Bytes, number, out string? damage);
            return verified ? true : throw new BlockCorruptException(Name, _partition, number, damage!);
        }
        finally
        {
            if (!usedRoom)
            {
                room.Release();
            }

            if (!verified && block.Length > 0)
            {
                block.Release();
            }
        }
    }
}
