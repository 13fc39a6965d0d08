using System.Runtime.ExceptionServices;

namespace Sluice.Sorting;

/// <summary>Spills one fill at a time on a thread of its own, which starts with the first fill.</summary>
/// <remarks>Threading: the collector hands over and waits; the spiller's thread runs the spill it was given.</remarks>
internal sealed class BackgroundSpiller : IDisposable
{
    private readonly object _gate = new();
    private readonly Action<RingFill> _spill;
    private Thread? _thread;

    // Under _gate.
    private RingFill? _fill;
    private ExceptionDispatchInfo? _failure;
    private bool _stopping;

    /// <param name="spill">Sorts, writes and releases a fill.</param>
    public BackgroundSpiller(Action<RingFill> spill)
    {
        _spill = spill;
    }

    /// <summary>Whether a fill is being spilled. A failure of an earlier one is thrown here.</summary>
    public bool IsBusy
    {
        get
        {
            lock (_gate)
            {
                _failure?.Throw();
                return _fill is not null;
            }
        }
    }

    /// <summary>Hands over a fill; only when no other is being spilled.</summary>
    /// <exception cref="ThreadLimitException">There is no thread for it; the fill is lost.</exception>
    public void Start(RingFill fill)
    {
        try
        {
            _thread ??= ProcessLimits.StartThread("sluice-spill", Run);
        }
        catch (ThreadLimitException exception)
        {
            Fail(exception);
            throw;
        }

        lock (_gate)
        {
            _fill = fill;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits until no fill is being spilled.</summary>
    public void WaitUntilIdle()
    {
        lock (_gate)
        {
            while (_fill is not null)
            {
                Monitor.Wait(_gate);
            }

            _failure?.Throw();
        }
    }

    /// <summary>Records were lost on the collector's side: thrown from now on as a spill's failure is.</summary>
    public void Fail(Exception exception)
    {
        lock (_gate)
        {
            _failure ??= ExceptionDispatchInfo.Capture(exception);
        }
    }

    /// <summary>Ends the thread, after the fill at hand.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.PulseAll(_gate);
        }

        _thread?.Join();
    }

    private void Run()
    {
        while (true)
        {
            RingFill fill;
            lock (_gate)
            {
                while (_fill is null)
                {
                    if (_stopping)
                    {
                        return;
                    }

                    Monitor.Wait(_gate);
                }

                fill = _fill;
            }

            ExceptionDispatchInfo? failure = null;
            try
            {
                _spill(fill);
            }
#pragma warning disable CA1031 // Whatever stopped the spill is thrown again on the collector's thread.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }

            lock (_gate)
            {
                _failure ??= failure;
                _fill = null;
                Monitor.PulseAll(_gate);
            }
        }
    }
}
