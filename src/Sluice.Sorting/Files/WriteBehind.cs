using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Sluice.Buffers;

namespace Sluice.Sorting;

/// <summary>Writes batches to files in the background while the next one is filled.</summary>
/// <remarks>
/// A few sets of segments take turns: what <see cref="Start"/> was given may be filled again when it has returned as
/// often as there are others. Threading: one thread starts and ends; writes run in order on a thread of their own,
/// which sleeps in between (a pool's threads spin for work, and writes come too seldom for that).
/// </remarks>
public sealed class WriteBehind : IDisposable
{
    // With fewer segments than this in a batch, more batches only make smaller writes.
    private const int SegmentsPerBatch = 16;
    private const int MostBatches = 4;

    private readonly object _gate = new();
    private readonly WaitKind _kind;
    private readonly int _batches;
    private Thread? _thread;

    // Under _gate: the first one is being written.
    private readonly Queue<Batch> _waiting = new();
    private ExceptionDispatchInfo? _failure;
    private bool _stopping;

    /// <param name="kind">What a thread waits for that waits for a batch here.</param>
    /// <param name="batches">Sets of segments that take turns, at least 2.</param>
    public WriteBehind(WaitKind kind, int batches)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batches, 2);
        _kind = kind;
        _batches = batches;
    }

    /// <summary>Time that Start and Finish waited for a batch before.</summary>
    public TimeSpan WaitTime { get; private set; }

    /// <summary>How many sets so many segments are best divided into, at least 2.</summary>
    public static int BatchesOf(int segments) => Math.Clamp(segments / SegmentsPerBatch, 2, MostBatches);

    /// <summary>Adds a batch to those that are to be written, and waits until one set of segments is free.</summary>
    /// <param name="write">Writes pieces, one behind the other, from an offset on.</param>
    /// <param name="pieces">Stay untouched until as many calls have returned as there are other sets.</param>
    /// <param name="offset">Where in the file they go.</param>
    /// <exception cref="IOException">A batch before could not be written.</exception>
    /// <exception cref="ThreadLimitException">There is no thread to write on.</exception>
    public void Start(
        Action<IReadOnlyList<ReadOnlyMemory<byte>>, long> write,
        IReadOnlyList<ReadOnlyMemory<byte>> pieces,
        long offset)
    {
        _thread ??= ProcessLimits.StartThread("sluice-write", Run);
        lock (_gate)
        {
            _failure?.Throw();
            _waiting.Enqueue(new Batch(write, pieces, offset, Activity.Current));
            Monitor.PulseAll(_gate);

            // One set is the caller's to fill.
            WaitUntilLeft(_batches - 1);
            _failure?.Throw();
        }
    }

    /// <summary>Waits until everything is written.</summary>
    /// <exception cref="IOException">A batch could not be written.</exception>
    public void Finish()
    {
        lock (_gate)
        {
            WaitUntilLeft(0);
            _failure?.Throw();
        }
    }

    /// <summary>Drops what was not begun, and waits for the write at hand, whatever becomes of it.</summary>
    public void Settle()
    {
        lock (_gate)
        {
            if (_waiting.TryPeek(out Batch atHand))
            {
                _waiting.Clear();
                _waiting.Enqueue(atHand);
            }

            WaitUntilLeft(0);
        }
    }

    /// <summary>Ends the thread, after the write at hand: nobody reads the segments any more. What was not begun is
    /// not written.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.PulseAll(_gate);
        }

        _thread?.Join();
    }

    private void WaitUntilLeft(int batches)
    {
        if (_waiting.Count <= batches)
        {
            return;
        }

        using WaitClock.Wait wait = WaitClock.Begin(_kind);
        long start = Stopwatch.GetTimestamp();
        while (_waiting.Count > batches)
        {
            Monitor.Wait(_gate);
        }

        WaitTime += Stopwatch.GetElapsedTime(start);
    }

    private void Run()
    {
        while (TryNext(out Batch batch))
        {
            ExceptionDispatchInfo? failure = null;

            // Of the task that this batch is written for, so that a pause is shown below it.
            Activity.Current = batch.Span;
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
                _waiting.Dequeue();
                Monitor.PulseAll(_gate);
            }
        }
    }

    private bool TryNext(out Batch next)
    {
        lock (_gate)
        {
            while (_waiting.Count == 0 && !_stopping)
            {
                Monitor.Wait(_gate);
            }

            // What is behind one that failed would leave a gap.
            if (_failure is not null || _stopping)
            {
                _waiting.Clear();
                Monitor.PulseAll(_gate);
            }

            return _waiting.TryPeek(out next);
        }
    }

    private readonly record struct Batch(
        Action<IReadOnlyList<ReadOnlyMemory<byte>>, long> Write,
        IReadOnlyList<ReadOnlyMemory<byte>> Pieces,
        long Offset,
        Activity? Span);
}
