namespace Sluice.Engine;

/// <summary>Work that nobody waits for, on threads that are there while there is any.</summary>
/// <remarks>Threading: any thread adds. Pieces start in the order in which they were added.</remarks>
internal sealed class DeferredWork
{
    private readonly int _mostThreads;
    private readonly Action<Exception> _failed;
    private readonly object _gate = new();

    // Under _gate, which is pulsed when a thread has nothing left to do.
    private readonly Queue<Action> _waiting = new();
    private int _threads;

    /// <param name="mostThreads">Pieces done at once, one at least.</param>
    /// <param name="failed">Told what a piece throws, on the piece's thread; the next ones are done all the
    /// same.</param>
    public DeferredWork(int mostThreads, Action<Exception> failed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(mostThreads, 1);
        _mostThreads = mostThreads;
        _failed = failed;
    }

    /// <summary>Has a piece done, and returns before that.</summary>
    public void Add(Action piece)
    {
        lock (_gate)
        {
            _waiting.Enqueue(piece);
            if (_threads == _mostThreads)
            {
                return;
            }

            _threads++;
        }

        _ = LongWork.Run(Work);
    }

    /// <summary>Waits until all that was added is done.</summary>
    public void Wait()
    {
        lock (_gate)
        {
            while (_threads > 0)
            {
                Monitor.Wait(_gate);
            }
        }
    }

    private void Work()
    {
        while (TryTake() is Action piece)
        {
            try
            {
                piece();
            }
#pragma warning disable CA1031 // Whoever added it has gone on; whoever is told decides what it means.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                _failed(exception);
            }
        }
    }

    private Action? TryTake()
    {
        lock (_gate)
        {
            if (_waiting.TryDequeue(out Action? piece))
            {
                return piece;
            }

            _threads--;
            Monitor.PulseAll(_gate);
            return null;
        }
    }
}
