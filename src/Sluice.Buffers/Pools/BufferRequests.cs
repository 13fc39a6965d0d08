namespace Sluice.Buffers;

/// <summary>Takes and gives back several buffers at once.</summary>
public static class BufferRequests
{
    /// <summary>Takes so many buffers, waiting for each as long as it takes: all of them or none.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; what was taken until then is given back.</exception>
    /// <exception cref="ObjectDisposedException">The pool was destroyed.</exception>
    public static NetworkBuffer[] RequestAll(this IBufferProvider pool, int count, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(pool);
        NetworkBuffer[] buffers = new NetworkBuffer[count];
        int taken = 0;
        try
        {
            for (; taken < count; taken++)
            {
                buffers[taken] = pool.Request(cancellationToken);
            }
        }
        catch
        {
            buffers.AsSpan(0, taken).ReleaseAll();
            throw;
        }

        return buffers;
    }

    /// <summary>Gives each back.</summary>
    public static void ReleaseAll(this ReadOnlySpan<NetworkBuffer> buffers)
    {
        foreach (NetworkBuffer buffer in buffers)
        {
            buffer.Release();
        }
    }
}
