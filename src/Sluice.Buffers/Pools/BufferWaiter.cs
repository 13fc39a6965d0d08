using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace Sluice.Buffers;

/// <summary>A request that could not be met at once and stands in line.</summary>
/// <remarks>
/// The pool answers it under its lock, once: with a segment, with the announcement that there is one, or with a
/// refusal. The requester waits on the signal without any lock. A signal only means "look again"; it runs no code of
/// the waiting side on the answering thread.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim without its wait handle owns nothing.")]
internal sealed class BufferWaiter
{
    private readonly SemaphoreSlim _signal = new(0);
    private NetworkBufferState? _segment;
    private volatile bool _isAnswered;
    private volatile bool _hasLeft;
    private bool _isRefused;
    private ExceptionDispatchInfo? _failedInquiry;
    private int _inquiries;

    // Guarded by the pool's lock; null when nobody is being asked.
    private CancellationTokenSource? _asking;
    private long _since = -1;

    public BufferWaiter(PoolShare share, int subpartition)
    {
        Share = share;
        Subpartition = subpartition;
        Node = new LinkedListNode<BufferWaiter>(this);
    }

    public PoolShare Share { get; }

    public int Subpartition { get; }

    /// <summary>Its place in the line; guarded by the pool's lock.</summary>
    public LinkedListNode<BufferWaiter> Node { get; }

    /// <summary>
    /// When it began to wait, a timestamp of the pool's time; less than 0 until then. Written without the lock.
    /// </summary>
    public long Since
    {
        get => Volatile.Read(ref _since);
        set => Volatile.Write(ref _since, value);
    }

    /// <summary>It only wants to know when a request would be met.</summary>
    public bool TakesNothing { get; init; }

    /// <summary>It takes a segment beyond the maximum too, as far as the overdraft allows.</summary>
    public bool MayOverdraw { get; init; }

    /// <summary>The requester's: it ends what holders do for it.</summary>
    public CancellationToken Cancellation { get; set; }

    public bool IsAnswered => _isAnswered;

    /// <summary>
    /// It was answered, or has left the line without an answer: nobody is to be asked for it any more.
    /// </summary>
    public bool IsOver => _isAnswered || _hasLeft;

    /// <summary>A holder it wanted to ask was just being asked by somebody else; guarded by the pool's lock.</summary>
    public bool MissedHolder { get; set; }

    public void Serve(NetworkBufferState segment)
    {
        Debug.Assert(!_isAnswered, "A waiter is answered once.");
        _segment = segment;
        BeAnswered();
    }

    /// <summary>A request would be met now.</summary>
    public void Announce()
    {
        Debug.Assert(!_isAnswered && TakesNothing, "Who wants a segment is given one.");
        BeAnswered();
    }

    /// <summary>The pool was destroyed.</summary>
    public void Refuse()
    {
        Debug.Assert(!_isAnswered, "A waiter is answered once.");
        _isRefused = true;
        BeAnswered();
    }

    /// <summary>It waits no longer, and was not answered.</summary>
    public void GiveUp()
    {
        _hasLeft = true;
        StopAsking();
    }

    /// <summary>Holders are asked from now on; under the pool's lock.</summary>
    /// <returns>Cancelled when nothing is needed of them any more; the caller's to dispose.</returns>
    public CancellationTokenSource BeginInquiry() =>
        _asking = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);

    /// <summary>Nobody is asked any more; under the pool's lock.</summary>
    public void EndInquiry() => _asking = null;

    /// <summary>Makes the requester look again.</summary>
    public void Nudge() => _signal.Release();

    /// <summary>The segment it was given.</summary>
    /// <exception cref="ObjectDisposedException">It was refused.</exception>
    public NetworkBufferState Answer() =>
        _segment ?? throw LocalBufferPool.Destroyed(Share.Owner);

    /// <exception cref="ObjectDisposedException">It was refused.</exception>
    public void ThrowIfRefused()
    {
        if (_isRefused)
        {
            throw LocalBufferPool.Destroyed(Share.Owner);
        }
    }

    /// <summary>Whether it was given a segment.</summary>
    public bool TryAnswer([NotNullWhen(true)] out NetworkBufferState? segment)
    {
        segment = _segment;
        return segment is not null;
    }

    public void Pause(TimeSpan time, CancellationToken cancellationToken) =>
        _signal.Wait(WholeMilliseconds(time), cancellationToken);

    public Task PauseAsync(TimeSpan time, CancellationToken cancellationToken) =>
        _signal.WaitAsync(WholeMilliseconds(time), cancellationToken);

    /// <summary>Asks on a thread pool thread, unless such an inquiry is still under way.</summary>
    public void InquireInBackground(HolderInquiry inquiry)
    {
        _failedInquiry?.Throw();
        if (Interlocked.CompareExchange(ref _inquiries, 1, 0) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static work => work.Waiter.Inquire(work.Inquiry), (Waiter: this, Inquiry: inquiry), preferLocal: false);
        }
    }

    private void BeAnswered()
    {
        _isAnswered = true;
        StopAsking();
        Nudge();
    }

    // Whoever gets to know of it does so on another thread: this one holds the pool's lock.
    private void StopAsking() => _ = _asking?.CancelAsync();

    private void Inquire(HolderInquiry inquiry)
    {
        try
        {
            inquiry.Ask(this);
        }
#pragma warning disable CA1031 // It is thrown again where the request waits.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Volatile.Write(ref _failedInquiry, ExceptionDispatchInfo.Capture(failure));
            Nudge();
        }
        finally
        {
            Volatile.Write(ref _inquiries, 0);
        }
    }

    /// <summary>Rounded up, so that a wait is never shorter than asked for.</summary>
    private static int WholeMilliseconds(TimeSpan time) => (int)Math.Ceiling(time.TotalMilliseconds);
}
