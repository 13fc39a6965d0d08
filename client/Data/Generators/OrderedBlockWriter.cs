using System.Runtime.ExceptionServices;
using Sluice.Sorting;

namespace Sluice.Client;

/// <summary>Lets several workers make blocks and writes them to one stream in order.</summary>
/// <remarks>
/// Each worker makes the next block that nobody has taken, waits for its turn, writes, and passes the turn on. While
/// one writes, the others make. The worker whose turn it is never waits, so a failure or a cancellation always reaches
/// the others.
/// </remarks>
internal sealed class OrderedBlockWriter(
    Stream output, long blocks, IProgress<long>? progress, CancellationToken cancellationToken)
{
    private readonly object _gate = new();

    // Guarded by _gate. The worker whose turn it is also reads and writes BytesWritten, outside it.
    private long _next;
    private long _turn;
    private ExceptionDispatchInfo? _failure;
    private UInt128 _checksum;

    /// <summary>Bytes written so far.</summary>
    public long BytesWritten { get; private set; }

    /// <summary>Makes and writes all blocks, then returns the sum of the sources' checksums.</summary>
    public UInt128 Run(int workers, Func<IBlockSource> newSource)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Thread[] threads = new Thread[(int)Math.Min(workers, blocks)];
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = ProcessLimits.StartThread($"generate {i}", () => Work(newSource));
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        _failure?.Throw();
        return _checksum;
    }

    private void Work(Func<IBlockSource> newSource)
    {
        try
        {
            IBlockSource source = newSource();
            byte[] room = GC.AllocateUninitializedArray<byte>(source.Capacity);
            while (TryTake(out long block))
            {
                int length = source.Fill(block, room);
                if (!AwaitTurn(block))
                {
                    return;
                }

                cancellationToken.ThrowIfCancellationRequested();
                output.Write(room, 0, length);
                BytesWritten += length;
                progress?.Report(BytesWritten);
                PassTurn();
            }

            Add(source.Checksum);
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
    }

    private bool TryTake(out long block)
    {
        lock (_gate)
        {
            block = _next;
            if (_failure is not null || block == blocks)
            {
                return false;
            }

            _next++;
            return true;
        }
    }

    private bool AwaitTurn(long block)
    {
        lock (_gate)
        {
            while (_turn != block && _failure is null)
            {
                Monitor.Wait(_gate);
            }

            return _failure is null;
        }
    }

    private void PassTurn()
    {
        lock (_gate)
        {
            _turn++;
            Monitor.PulseAll(_gate);
        }
    }

    private void Add(UInt128 checksum)
    {
        lock (_gate)
        {
            _checksum += checksum;
        }
    }

    private void Fail(Exception exception)
    {
        lock (_gate)
        {
            _failure ??= ExceptionDispatchInfo.Capture(exception);
            Monitor.PulseAll(_gate);
        }
    }
}
