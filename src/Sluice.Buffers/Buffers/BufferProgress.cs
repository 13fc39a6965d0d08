namespace Sluice.Buffers;

/// <summary>How far a builder has come, and who waits for it to come further.</summary>
/// <remarks>
/// Length and end are one word, so they are seen together. Between writer and waiter each writes its own side, then
/// looks at the other's, with a full fence between: the writer publishes and then looks for waiters, the waiter stands
/// in line and then looks at what is published. So one of them sees the other and no wake-up is lost. A builder makes
/// this with its first consumer, so that a writer without readers pays for no fence.
/// Threading: one writer; any number of readers. No waiter is completed under the lock.
/// </remarks>
/// <param name="committed">Bytes that may be read by now.</param>
internal sealed class BufferProgress(int committed)
{
    private readonly Lock _gate = new();

    /// <summary>Committed bytes, or their complement once nothing follows.</summary>
    private int _published = committed;

    private bool _isAbandoned;

    // Guarded by _gate; whether there are any is looked at without it.
    private DataWaiter? _waiters;

    public int Committed => Decode(Volatile.Read(ref _published)).Committed;

    /// <summary>What readers may see, read at one moment.</summary>
    public (int Committed, bool IsFinished) Published => Decode(Volatile.Read(ref _published));

    /// <summary>Whether it ended without having been finished.</summary>
    public bool IsAbandoned => Volatile.Read(ref _published) < 0 && _isAbandoned;

    /// <summary>By the writer: that many bytes may be read.</summary>
    public void Commit(int length) => Publish(length);

    /// <summary>By the writer, once: nothing follows behind that many bytes.</summary>
    public void Finish(int length, bool isAbandoned)
    {
        _isAbandoned = isAbandoned;
        Publish(~length);
    }

    /// <summary>Whether it is known already if something is to be read at a position.</summary>
    public bool TryAnswer(int position, out bool hasData)
    {
        (int committed, bool isFinished) = Published;
        hasData = position < committed;
        return hasData || isFinished;
    }

    /// <summary>Stands in line, unless the answer is known.</summary>
    /// <returns>False when the answer is known, and the waiter is not in line.</returns>
    public bool TryWait(DataWaiter waiter, out bool hasData)
    {
        lock (_gate)
        {
            waiter.Next = _waiters;
            Volatile.Write(ref _waiters, waiter);
            Interlocked.MemoryBarrier();
            if (!TryAnswer(waiter.Position, out hasData))
            {
                return true;
            }

            Volatile.Write(ref _waiters, waiter.Next);
            waiter.Next = null;
            return false;
        }
    }

    /// <summary>Leaves the line.</summary>
    /// <returns>False when it does not stand there: it was answered.</returns>
    public bool TryLeave(DataWaiter waiter)
    {
        lock (_gate)
        {
            DataWaiter? before = null;
            for (DataWaiter? at = _waiters; at is not null; (before, at) = (at, at.Next))
            {
                if (at == waiter)
                {
                    Unlink(before, at);
                    return true;
                }
            }

            return false;
        }
    }

    private void Publish(int published)
    {
        Interlocked.Exchange(ref _published, published);
        if (Volatile.Read(ref _waiters) is not null)
        {
            Wake();
        }
    }

    /// <summary>Answers those who wait before what is published; a waiter behind it has read all of it.</summary>
    private void Wake()
    {
        DataWaiter? answered = null;
        lock (_gate)
        {
            DataWaiter? before = null;
            for (DataWaiter? at = _waiters; at is not null;)
            {
                DataWaiter? next = at.Next;
                if (TryAnswer(at.Position, out _))
                {
                    Unlink(before, at);
                    at.Next = answered;
                    answered = at;
                }
                else
                {
                    before = at;
                }

                at = next;
            }
        }

        while (answered is { } waiter)
        {
            // Taken first: a completed waiter may stand in line again at once.
            answered = waiter.Next;
            waiter.Next = null;
            TryAnswer(waiter.Position, out bool hasData);
            waiter.Complete(hasData);
        }
    }

    private void Unlink(DataWaiter? before, DataWaiter waiter)
    {
        if (before is null)
        {
            Volatile.Write(ref _waiters, waiter.Next);
        }
        else
        {
            before.Next = waiter.Next;
        }

        waiter.Next = null;
    }

    private static (int Committed, bool IsFinished) Decode(int published) =>
        published < 0 ? (~published, true) : (published, false);
}
