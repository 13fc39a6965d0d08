using System.Collections.Concurrent;

namespace Sluice.Buffers;

/// <summary>
/// Notes every buffer that is out, and reports those that are still out when their pool is destroyed.
/// </summary>
/// <remarks>
/// For tests and for hunting a leak: it costs a dictionary entry per life. It watches one
/// <see cref="NetworkBufferPool"/>, or some of its local pools. A report is no proof of a leak when buffers may rightly
/// outlive their pool (handed over to a consumer); what <see cref="Outstanding"/> still shows in the end is one.
/// </remarks>
/// <param name="report">Called once for each pool that is destroyed with buffers out, on the thread that destroys it;
/// null to only count.</param>
public sealed class LeakDetector(Action<BufferLeak>? report = null) : IBufferLifecycle
{
    private readonly ConcurrentDictionary<BufferLife, Entry> _out = new();

    /// <summary>All buffers that are out now, in order of their segments.</summary>
    public IReadOnlyList<OutstandingBuffer> Outstanding() =>
        [.. _out
            .Select(entry => new OutstandingBuffer(entry.Key, entry.Value.Owner, entry.Value.Holders))
            .OrderBy(buffer => buffer.Life.Segment)];

    public void OnRequested(BufferLife life, string owner) => _out[life] = new Entry(owner);

    public void OnRetained(BufferLife life, int holder) => Count(life, +1);

    public void OnReleased(BufferLife life, int holder) => Count(life, -1);

    public void OnRecycled(BufferLife life) => _out.TryRemove(life, out _);

    public void OnPoolDestroyed(string owner, int outstanding)
    {
        if (report is null || outstanding == 0)
        {
            return;
        }

        OutstandingBuffer[] leaked = [.. Outstanding().Where(buffer => buffer.Owner == owner)];
        if (leaked.Length > 0)
        {
            report(new BufferLeak(owner, leaked));
        }
    }

    private void Count(BufferLife life, int change)
    {
        if (_out.TryGetValue(life, out Entry? entry))
        {
            entry.Add(change);
        }
    }

    private sealed class Entry(string owner)
    {
        private int _holders = 1;

        public string Owner { get; } = owner;

        public int Holders => Volatile.Read(ref _holders);

        public void Add(int change) => Interlocked.Add(ref _holders, change);
    }
}
