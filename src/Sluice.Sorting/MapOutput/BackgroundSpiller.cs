using System.Runtime.ExceptionServices;

namespace Sluice.Sorting;

/// <summary>Spills one fill at a time on a thread of its own, which starts with the first fill.</summary>
/// <remarks>
/// Where the system starts no more threads, a fill is spilled by whoever hands it over, and the next one asks again.
/// Threading: the collector hands over and waits; the spiller's thread runs the spill it was given.
/// </remarks>
internal sealed class BackgroundSpiller : IDisposable
{
    private readonly object _gate = new();
    private readonly Action<RingFill> _spill;
    private readonly Func<Action, Thread> _start;
    private Thread? _thread;

    // Under _gate.
    private RingFill? _fill;
    private ExceptionDispatchInfo? _failure;
    private bool _stopping;

    /// <param name="spill">Sorts, writes and releases a fill.</param>
    public BackgroundSpiller(Action<RingFill> spill)
        : this(spill, static run => ProcessLimits.StartThread("sluice-spill", run))
    {
    }

    /// <param name="spill">As above.</param>
    /// <param name="start">Starts a thread.</param>
    internal BackgroundSpiller(Action<RingFill> spill, Func<Action, Thread> start)
    {
        _spill = spill;
        _start = start;
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
    public void Start(RingFill fill)
    {
        bool hasThread = HasThread();
        lock (_gate)
        {
            _fill = fill;
            Monitor.PulseAll(_gate);
        }

        if (!hasThread)
        {
            Spill(fill);
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

    private bool HasThread()
    {
        try
        {
            _thread ??= _start(Run);
            return true;
        }
        catch (ThreadLimitException)
        {
            return false;
        }
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

            Spill(fill);
        }
    }

    private void Spill(RingFill fill)
    {
        ExceptionDispatchInfo? failure = null;
        try
        {
            _spill(fill);
        }
#pragma warning disable CA1031 // Whatever stopped the spill is thrown where the spiller is asked next.
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
