using Sluice.Buffers;

namespace Sluice.Sorting.Tests;

/// <summary>A pool of tiny segments with one task's share; at the end everything must have come back.</summary>
internal sealed class TestPool : IDisposable
{
    private readonly NetworkBufferPool _pool;

    public TestPool(int segments, int segmentSize, IBufferLifecycle? lifecycle = null)
    {
        _pool = new NetworkBufferPool(
            new NetworkBufferPoolOptions { SegmentCount = segments, SegmentSize = segmentSize });
        Task = _pool.CreateBufferPool(new BufferPoolOptions
        {
            Owner = "test",
            Minimum = segments,
            Maximum = segments,
            Lifecycle = lifecycle,
        });
    }

    public LocalBufferPool Task { get; }

    /// <summary>What the task's pool is a part of.</summary>
    public NetworkBufferPool Whole => _pool;

    public int Lent => _pool.Lent;

    public void Dispose()
    {
        Assert.Equal(0, _pool.Lent);
        Task.Dispose();
        _pool.Dispose();
    }
}
