namespace Sluice.Buffers.Tests;

/// <summary>Holds buffers of a pool and gives back as many as it is asked for.</summary>
internal sealed class WillingHolder : IReclaimable
{
    private readonly Lock _gate = new();
    private readonly LocalBufferPool _pool;
    private readonly Stack<NetworkBuffer> _held = [];
    private readonly List<int> _asked = [];

    public WillingHolder(LocalBufferPool pool)
    {
        _pool = pool;
        Registration = pool.RegisterReclaim(this);
    }

    public IDisposable Registration { get; }

    /// <summary>How many it was asked for, call by call.</summary>
    public int[] Asked
    {
        get
        {
            lock (_gate)
            {
                return [.. _asked];
            }
        }
    }

    public int Reclaimable
    {
        get
        {
            lock (_gate)
            {
                return _held.Count;
            }
        }
    }

    public void Fill()
    {
        while (_pool.TryRequest(out NetworkBuffer buffer))
        {
            Hold(buffer);
        }
    }

    public void Hold(NetworkBuffer buffer)
    {
        lock (_gate)
        {
            _held.Push(buffer);
        }
    }

    public int Reclaim(int segments, CancellationToken cancellation)
    {
        lock (_gate)
        {
            _asked.Add(segments);
        }

        return Release(segments);
    }

    public int Release(int count)
    {
        int released = 0;
        while (released < count && TryPop(out NetworkBuffer buffer))
        {
            buffer.Release();
            released++;
        }

        return released;
    }

    private bool TryPop(out NetworkBuffer buffer)
    {
        lock (_gate)
        {
            return _held.TryPop(out buffer);
        }
    }
}
