using System.Diagnostics;
using System.Runtime.CompilerServices;
using Sluice.Buffers;

namespace Sluice.Sorting;

/// <summary>The collecting end of a ring: finds room for records, and hands to the spiller what is to be
/// spilled.</summary>
/// <remarks>
/// When the part to be spilled passes the threshold and the spiller is idle, it gets that part; the collector goes on
/// in the rest and waits only when the ring is full. Where it would wait with a whole fill behind it, it sorts that one
/// meanwhile, which leaves the spiller only the writing. A record that is being written stays behind: it is part of a
/// fill only after <see cref="Append"/>. Threading: the collector's thread; <see cref="Release"/> also the spiller's.
/// </remarks>
internal sealed class RingCollector : IDisposable
{
    private readonly RingMemory _memory;
    private readonly BackgroundSpiller _spiller;
    private readonly Action<RingFill> _sort;
    private readonly int _thresholdSegments;
    private RecordNumber _firstRecord;
    private RingPosition _recordStart;
    private int _fillSegments;
    private long _blockedTicks;

    /// <param name="pool">The task's pool.</param>
    /// <param name="options">Size and threshold of the ring.</param>
    /// <param name="sort">Sorts a fill; called while another one is being spilled.</param>
    /// <param name="spill">Writes a fill, sorted before if it is not yet; called on the spiller's thread.</param>
    /// <param name="cancellationToken">Ends waiting for memory.</param>
    public RingCollector(
        IBufferPool pool,
        MapOutputOptions options,
        Action<RingFill> sort,
        Action<RingFill> spill,
        CancellationToken cancellationToken)
    {
        _sort = sort;
        Ring = new RecordRing(options.SegmentSize, options.MaximumSegments);
        _memory = new RingMemory(pool, options.MaximumSegments, cancellationToken);
        _thresholdSegments = Math.Max(1, (int)(options.MaximumSegments * options.SpillThreshold));

        // What is left when each of the four levels shares a segment with the fill before and has one of its own.
        LargestRecord = Math.Min(int.MaxValue, (options.MaximumSegments - 8) / 2 * (long)options.SegmentSize);
        _spiller = new BackgroundSpiller(fill =>
        {
            spill(fill);
            Release(fill);
        });
    }

    public RecordRing Ring { get; }

    /// <summary>Bytes of the longest record that the ring takes whatever else it holds.</summary>
    public long LargestRecord { get; }

    /// <summary>Time the collector waited for the spiller.</summary>
    public TimeSpan BlockedTime => Stopwatch.GetElapsedTime(0, _blockedTicks);

    /// <summary>What is written from here on is one record.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void BeginRecord() => _recordStart = Ring.Data.Head;

    /// <summary>Adds the record whose bytes were written: from now on a fill may have it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(int partition, ulong prefix, RecordPosition position)
    {
        if (Ring.Entries.Room == 0 || Ring.Positions.Room == 0)
        {
            AddEntryRoom();
        }

        Ring.Append(position, new RecordEntry
        {
            Prefix = prefix,
            Partition = partition,
            Number = (uint)(Ring.EndRecord - _firstRecord),
        });
    }

    /// <summary>Forgets what was written since <see cref="BeginRecord"/>.</summary>
    public void Rewind()
    {
        int returned = Ring.Data.Rewind(_recordStart);
        _memory.Returned(returned);

        // A spill that began within the record took its segments out of the count.
        _fillSegments = Math.Max(0, _fillSegments - returned);
    }

    /// <summary>Gives a level its next segment; waits for the spiller, or spills, when there is none.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void AddSegment(SegmentRing level)
    {
        NetworkBuffer buffer;
        while (!_memory.TryTake(out buffer))
        {
            if (_spiller.IsBusy)
            {
                AwaitSpiller();
            }
            else if (HasFill)
            {
                StartSpill();
            }
            else
            {
                // Nothing to spill and nothing being spilled: others hold what this task could use.
                buffer = _memory.Take();
                break;
            }
        }

        level.AddSegment(buffer);
        _fillSegments++;
        if (_fillSegments >= _thresholdSegments && HasFill && !_spiller.IsBusy)
        {
            StartSpill();
        }
    }

    /// <summary>Spills all that was collected, and waits for it.</summary>
    public void SpillAll()
    {
        BeginRecord();
        WaitForSpiller();
        if (HasFill)
        {
            StartSpill();
            WaitForSpiller();
        }
    }

    /// <summary>Takes what the spiller has not had, and waits until it is idle.</summary>
    public RingFill TakeRest()
    {
        BeginRecord();
        RingFill rest = TakeFill();
        if (rest.Count > 0 && _spiller.IsBusy)
        {
            _sort(rest);
        }

        WaitForSpiller();
        return rest;
    }

    /// <summary>
    /// Records were lost: whoever caught this and goes on collecting meets it again, at the latest at the end.
    /// </summary>
    public void Fail(Exception exception) => _spiller.Fail(exception);

    /// <summary>Gives everything back.</summary>
    public void ReleaseAll() => _memory.Returned(Ring.ReleaseAll());

    /// <summary>Ends the spiller, after the fill at hand, and gives everything back.</summary>
    public void Dispose()
    {
        _spiller.Dispose();
        ReleaseAll();
    }

    private bool HasFill => Ring.EndRecord > _firstRecord;

    // Each level by itself: a wait that was cancelled may have left them at different segments.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AddEntryRoom()
    {
        foreach (SegmentRing level in (ReadOnlySpan<SegmentRing>)[Ring.Scratch, Ring.Entries, Ring.Positions])
        {
            if (level.Room == 0)
            {
                AddSegment(level);
            }
        }
    }

    private void StartSpill() => _spiller.Start(TakeFill());

    // A fill smaller than the threshold goes on growing once there is room: handed over now it would be a run of its
    // own.
    private void AwaitSpiller()
    {
        if (!HasFill || _fillSegments < _thresholdSegments * 3 / 4)
        {
            WaitForSpiller();
            return;
        }

        RingFill next = TakeFill();
        try
        {
            _sort(next);
        }
        catch (Exception exception)
        {
            Fail(exception);
            throw;
        }

        WaitForSpiller();
        _spiller.Start(next);
    }

    private RingFill TakeFill()
    {
        RingFill fill = new(Ring, _firstRecord, Ring.EndRecord, _recordStart);
        Debug.Assert(fill.Count <= uint.MaxValue, "An entry numbers the records of its fill with 32 bits.");
        _firstRecord = fill.EndRecord;
        _fillSegments = 0;
        return fill;
    }

    private void WaitForSpiller()
    {
        using WaitClock.Wait wait = WaitClock.Begin(WaitKind.Spill);
        long start = Stopwatch.GetTimestamp();
        _spiller.WaitUntilIdle();
        _blockedTicks += Stopwatch.GetTimestamp() - start;
    }

    private void Release(RingFill fill) => _memory.Returned(Ring.Release(fill));
}
