using System.Collections.Concurrent;

namespace Sluice.Buffers;

/// <summary>
/// Writes down the lives of buffers, and reports those that are still out when their pool is destroyed.
/// </summary>
/// <remarks>
/// It watches one <see cref="NetworkBufferPool"/>, or some of its local pools; two local pools with the same owner
/// label are reported as one. A report is no proof of a leak when buffers may rightly outlive their pool (handed over
/// to a consumer); what <see cref="Outstanding"/> still shows in the end is one.
/// It allocates for every segment it sees the first time, and then only for reports.
/// Threading: any thread.
/// </remarks>
public sealed class LeakDetector : IBufferLifecycle
{
    private readonly ConcurrentDictionary<int, SegmentLog> _logs = new();
    private readonly Func<int, SegmentLog> _newLog;
    private readonly Action<BufferLeak> _report;
    private readonly uint _watchedBelow;

    private LeakDetector(LeakDetectorOptions options, Action<BufferLeak> report)
    {
        int stepsKept = options.StepsKept;
        _newLog = _ => new SegmentLog(stepsKept);
        _report = report;
        _watchedBelow = options.Level == LeakDetection.Full ? uint.MaxValue : uint.MaxValue / (uint)options.SampleOneIn;
    }

    /// <summary>Makes a detector, to be set as <see cref="NetworkBufferPoolOptions.Lifecycle"/>.</summary>
    /// <param name="options">How closely it looks.</param>
    /// <param name="report">
    /// Called once for each pool that is destroyed with buffers out, on the thread that destroys it.
    /// </param>
    /// <returns>Null at <see cref="LeakDetection.Off"/>, which as a hook costs nothing.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static LeakDetector? Create(LeakDetectorOptions options, Action<BufferLeak> report)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(report);
        options.Validate();
        return options.Level == LeakDetection.Off ? null : new LeakDetector(options, report);
    }

    /// <summary>All followed buffers that are out now, in order of their segments.</summary>
    public IReadOnlyList<OutstandingBuffer> Outstanding() => OutstandingOf(null);

    /// <remarks>By a hash of the life: it needs no shared counter, and a run can be repeated.</remarks>
    public bool Watches(BufferLife life, string owner) =>
        _watchedBelow == uint.MaxValue || life.Draw() <= _watchedBelow;

    public void OnStep(in BufferStep taken) => _logs.GetOrAdd(taken.Life.Segment, _newLog).Add(taken);

    public void OnPoolDestroyed(string owner, int outstanding)
    {
        ArgumentNullException.ThrowIfNull(owner);
        if (outstanding > 0)
        {
            _report(new BufferLeak(owner, outstanding, OutstandingOf(owner)));
        }
    }

    public BufferHistory? HistoryOf(BufferLife life) =>
        _logs.TryGetValue(life.Segment, out SegmentLog? log) ? log.HistoryOf(life) : null;

    private List<OutstandingBuffer> OutstandingOf(string? owner) =>
        [.. _logs.Values
            .Select(log => log.ToOutstanding(owner))
            .OfType<OutstandingBuffer>()
            .OrderBy(buffer => buffer.Life.Segment)];
}
