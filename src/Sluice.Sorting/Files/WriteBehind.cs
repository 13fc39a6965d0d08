using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Sluice.Buffers;

namespace Sluice.Sorting;

/// <summary>Writes one batch to a file in the background while the next one is filled.</summary>
/// <remarks>
/// Two sets of segments take turns: what <see cref="Start"/> was given may be filled again when the next Start returns.
/// Threading: one thread starts and ends; writes run in order on a thread of their own, which sleeps in between (a pool's
/// threads spin for work, and writes come too seldom for that).
/// </remarks>
public sealed class WriteBehind : IDisposable
{
    /// <summary>Sets of segments that take turns.</summary>
    public const int Batches = 2;

    private readonly object _gate = new();
    private readonly WaitKind _kind;
    private Thread? _thread;

    // Under _gate.
    private Batch? _batch;
    private ExceptionDispatchInfo? _failure;
    private bool _stopping;

    /// <param name="kind">What a thread waits for that waits for a batch here.</param>
    public WriteBehind(WaitKind kind)
    {
        _kind = kind;
    }

    /// <summary>Time that Start and Finish waited for a batch before.</summary>
    public TimeSpan WaitTime { get; private set; }

    /// <summary>Waits for the batch before and starts this one.</summary>
    /// <param name="write">Writes pieces, one behind the other, from an offset on.</param>
    /// <param name="pieces">Stay untouched until the next call returns.</param>
    /// <param name="offset">Where in the file they go.</param>
    /// <exception cref="IOException">The batch before could not be written.</exception>
    public void Start(
        Action<IReadOnlyList<ReadOnlyMemory<byte>>, long> write, ReadOnlyMemory<byte>[] pieces, long offset)
    {
        lock (_gate)
        {
            WaitUntilIdle();
            _failure?.Throw();
            _batch = new Batch(write, pieces, offset);
            Monitor.PulseAll(_gate);
        }

        if (_thread is null)
        {
            _thread = new Thread(Run) { IsBackground = true, Name = "sluice-write" };
            _thread.Start();
        }
    }

    /// <summary>Waits until everything is written.</summary>
    /// <exception cref="IOException">A batch could not be written.</exception>
    public void Finish()
    {
        lock (_gate)
        {
            WaitUntilIdle();
            _failure?.Throw();
        }
    }

    /// <summary>Waits until nothing is being written any more, whatever became of it.</summary>
    public void Settle()
    {
        lock (_gate)
        {
            WaitUntilIdle();
        }
    }

    /// <summary>Ends the thread, after the write at hand: nobody reads the segments any more.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.PulseAll(_gate);
        }

        _thread?.Join();
    }

    private void WaitUntilIdle()
    {
        if (_batch is null)
        {
            return;
        }

        using WaitClock.Wait wait = WaitClock.Begin(_kind);
        long start = Stopwatch.GetTimestamp();
        while (_batch is not null)
        {
            Monitor.Wait(_gate);
        }

        WaitTime += Stopwatch.GetElapsedTime(start);
    }

    private void Run()
    {
        while (Next() is Batch batch)
        {
            ExceptionDispatchInfo? failure = null;
            try
            {
                batch.Write(batch.Pieces, batch.Offset);
            }
#pragma warning disable CA1031 // Whatever stopped the write is thrown again on the thread that fills.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }

            lock (_gate)
            {
                _failure ??= failure;
                _batch = null;
                Monitor.PulseAll(_gate);
            }
        }
    }

    private Batch? Next()
    {
        lock (_gate)
        {
            while (_batch is null && !_stopping)
            {
                Monitor.Wait(_gate);
            }

            return _batch;
        }
    }

    private sealed record Batch(
        Action<IReadOnlyList<ReadOnlyMemory<byte>>, long> Write, ReadOnlyMemory<byte>[] Pieces, long Offset);
}
