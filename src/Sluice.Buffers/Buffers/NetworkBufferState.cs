using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Sluice.Buffers;

/// <summary>The one state object of a pooled segment; all handles of all its lives point here.</summary>
/// <remarks>
/// The holders are one <see cref="HolderWord"/>, changed only by compare-and-swap. Whoever takes the last holder out
/// wins the segment alone and returns it to the pool, so it cannot be recycled twice.
/// <see cref="Share"/> and <see cref="Subpartition"/> are written by the pool while nobody
/// holds the segment. Positions and data type belong to the writer and are handed on with the buffer.
/// Each verb first tries the one case that is common: live handle, free place, nobody watches, no other thread came
/// between. Everything else, the errors with it, is in the full verb behind it.
/// </remarks>
internal sealed class NetworkBufferState(NetworkBufferPool pool, int index, MemorySegment segment)
{
    public const long NotBegun = -1;

    private ulong _holders;

    /// <summary>
    /// Where to look for a free place next. Only a hint, so a lost update does no harm: the swap decides who gets
    /// which.
    /// </summary>
    private ulong _nextPlace = HolderWord.FirstPlace;

    private ulong _last;

    /// <summary>
    /// The hook, in a life that is watched. It changes only while nobody holds the segment, or one holder that has not
    /// passed it on yet.
    /// </summary>
    private IBufferLifecycle? _watcher;

    /// <summary>The segment's number in its pool.</summary>
    public int Index { get; } = index;

    public MemorySegment Segment { get; } = segment;

    /// <summary>To whom it is lent; null while it is free.</summary>
    public PoolShare? Share { get; set; }

    /// <summary>For which subpartition, or <see cref="PoolShare.NoSubpartition"/>.</summary>
    public int Subpartition { get; set; }

    /// <summary>
    /// When its life began, in milliseconds of the pool's coarse clock; <see cref="NotBegun"/> before that.
    /// </summary>
    public long Since { get; set; }

    /// <summary>Bytes in use: where writing goes on.</summary>
    public int Length { get; set; }

    /// <summary>Bytes of them that were read: where reading goes on.</summary>
    public int ReadPosition { get; set; }

    public BufferDataType DataType { get; set; }

    /// <summary>Who has held it, for messages.</summary>
    public HolderRecord Record { get; } = new();

    /// <summary>Who released last, in the latest life that has ended; default when none has.</summary>
    /// <remarks>Here and not in the record: it changes with each life, beside what changes with it.</remarks>
    public HolderToken Last => new(Volatile.Read(ref _last));

    public HolderWord Word => new(Volatile.Read(ref _holders));

    /// <summary>
    /// Begins a life with one holder. The caller has just taken the segment from the pool and is alone with it.
    /// </summary>
    public NetworkBuffer Begin(long now)
    {
        HolderWord word = Word;
        Debug.Assert(word.IsFree, "A segment that the pool hands out has no holder.");

        ulong place = word.FreePlace(_nextPlace);
        HolderWord held = word.With(place);
        HolderToken token = held.TokenOf(place);
        Since = now;
        Length = 0;
        ReadPosition = 0;
        DataType = BufferDataType.Data;
        Record.Begin(word.Generation, Share!.Owner, Share.Lifecycle);
        _nextPlace = HolderWord.NextPlace(place);
        if (Share.Lifecycle is not null || _watcher is not null)
        {
            _watcher = Share.Lifecycle?.WatcherOf(LifeOf(token), Share.Owner);
        }

        Volatile.Write(ref _holders, held.Bits);
        if (_watcher is { } watcher)
        {
            HolderPlace requester = PlaceOf(token);
            watcher.OnStep(StepOf(BufferStepKind.Requested, token, requester, requester, now));
        }

        return new NetworkBuffer(this, token);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Check(HolderToken token)
    {
        if (!Word.Holds(token))
        {
            ThrowMisuse(token, "used");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public NetworkBuffer Retain(HolderToken token)
    {
        HolderWord word = Word;
        ulong place = word.FreePlace(_nextPlace);
        if (place != 0 && word.Holds(token) && _watcher is null)
        {
            HolderWord held = word.With(place);
            if (Interlocked.CompareExchange(ref _holders, held.Bits, word.Bits) == word.Bits)
            {
                _nextPlace = HolderWord.NextPlace(place);
                return new NetworkBuffer(this, held.TokenOf(place));
            }
        }

        return RetainFully(token, null);
    }

    public NetworkBuffer RetainFully(HolderToken token, string? label) =>
        TryRetain(token, label, out NetworkBuffer retained) ? retained : throw BufferMisuse.Full(this);

    /// <summary>Adds a holder, unless as many as there can be hold it already.</summary>
    public bool TryRetain(HolderToken token, string? label, out NetworkBuffer retained)
    {
        HolderPlace from = _watcher is null ? default : PlaceOf(token);
        while (true)
        {
            // A plain increment could revive a buffer that has just gone back to the pool; the swap cannot.
            HolderWord word = Word;
            if (!word.Holds(token))
            {
                ThrowMisuse(token, "retained");
            }

            ulong place = word.FreePlace(_nextPlace);
            if (place == 0)
            {
                retained = default;
                return false;
            }

            HolderWord held = word.With(place);
            if (Interlocked.CompareExchange(ref _holders, held.Bits, word.Bits) == word.Bits)
            {
                retained = Enter(BufferStepKind.Retained, held.TokenOf(place), from, label);
                return true;
            }
        }
    }

    /// <summary>Gives one holder's reference to another in one step: it is never held by both or by none.</summary>
    public NetworkBuffer HandOver(HolderToken token, string label)
    {
        HolderPlace giver = _watcher is null ? default : PlaceOf(token);
        while (true)
        {
            HolderWord word = Word;
            if (!word.Holds(token))
            {
                ThrowMisuse(token, "handed over");
            }

            // With every place held, the giver's own place is taken anew, in its next sequence.
            HolderWord given = word.Without(token.Place);
            ulong place = word.FreePlace(_nextPlace) is > 0 and ulong free ? free : token.Place;
            HolderWord held = given.With(place);
            if (Interlocked.CompareExchange(ref _holders, held.Bits, word.Bits) == word.Bits)
            {
                return Enter(BufferStepKind.HandedOver, held.TokenOf(place), giver, label);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Release(HolderToken token)
    {
        HolderWord word = Word;
        if (word.Holds(token) && _watcher is null)
        {
            HolderWord released = word.Without(token.Place);
            bool isLast = released.IsFree;
            ulong next = isLast ? released.NextLife().Bits : released.Bits;
            if (Interlocked.CompareExchange(ref _holders, next, word.Bits) == word.Bits)
            {
                if (isLast)
                {
                    Recycle(token);
                }

                return;
            }
        }

        ReleaseFully(token);
    }

    public bool IsWatched => _watcher is not null;

    /// <summary>The span of this life; the default when nobody traces it.</summary>
    public ActivityContext TraceOf(HolderToken token) => _watcher?.TraceOf(LifeOf(token)) ?? default;

    /// <summary>Tells of a step that leaves the holders as they are.</summary>
    /// <param name="token">Who takes it.</param>
    /// <param name="kind">The step.</param>
    /// <param name="peer">The process at the other end.</param>
    public void Note(HolderToken token, BufferStepKind kind, string? peer)
    {
        if (_watcher is { } watcher)
        {
            Check(token);
            HolderPlace who = PlaceOf(token);
            watcher.OnStep(StepOf(kind, token, who, who, pool.Now) with { Peer = peer });
        }
    }

    /// <summary>Bytes came in; those of a traced life make the hook look at this one too, from now on.</summary>
    public void Receive(HolderToken token, string peer, ActivityContext sender)
    {
        if (sender != default && Share?.Lifecycle is { } hook)
        {
            BufferStep requested = BeginningFor(token, out TimeSpan age);
            _watcher = hook.FollowerOf(_watcher, requested, age, sender);
        }

        Note(token, BufferStepKind.Received, peer);
    }

    /// <summary>Has a further hook look at this life from now on, if it wants to.</summary>
    public void Watch(HolderToken token, IBufferLifecycle hook)
    {
        BufferStep requested = BeginningFor(token, out TimeSpan age);
        if (hook.Follows(requested, age, default))
        {
            _watcher = IBufferLifecycle.Combine(_watcher, hook);
        }
    }

    public BufferLife LifeOf(HolderToken token) => new(Index, (int)token.Generation);

    private void ReleaseFully(HolderToken token)
    {
        // All that is told is made before the swap: after it the segment may be in its next life already.
        IBufferLifecycle? watcher = _watcher;
        HolderPlace who = PlaceOf(token);
        BufferStep step = watcher is null ? default : StepOf(BufferStepKind.Released, token, who, who, pool.Now);
        while (true)
        {
            HolderWord word = Word;
            if (!word.Holds(token))
            {
                ThrowMisuse(token, "released");
            }

            HolderWord released = word.Without(token.Place);
            ulong next = released.IsFree ? released.NextLife().Bits : released.Bits;
            if (Interlocked.CompareExchange(ref _holders, next, word.Bits) == word.Bits)
            {
                watcher?.OnStep(step);
                if (released.IsFree)
                {
                    watcher?.OnStep(step with { Kind = BufferStepKind.Recycled });
                    Recycle(token);
                }

                return;
            }
        }
    }

    /// <summary>Gives the segment back. Nobody holds it, and the pool does not have it yet.</summary>
    private void Recycle(HolderToken last)
    {
        Volatile.Write(ref _last, last.Bits);
        pool.Recycle(this);
    }

    private NetworkBuffer Enter(BufferStepKind kind, HolderToken token, HolderPlace from, string? label)
    {
        _nextPlace = HolderWord.NextPlace(token.Place);
        if (label is not null)
        {
            Record.Label(token, label);
        }

        _watcher?.OnStep(StepOf(kind, token, PlaceOf(token), from, pool.Now));
        return new NetworkBuffer(this, token);
    }

    /// <summary>How this life began, for a hook that comes late.</summary>
    private BufferStep BeginningFor(HolderToken token, out TimeSpan age)
    {
        Check(token);
        Debug.Assert(Word.Holders == 1, "Who else holds it might be at a step and know of no hook.");

        age = TimeSpan.FromMilliseconds(pool.Now - Since);
        HolderPlace who = PlaceOf(token);
        return StepOf(BufferStepKind.Requested, token, who, who, Since);
    }

    private HolderPlace PlaceOf(HolderToken token) => new(token.Index, Record.LabelOf(token));

    private BufferStep StepOf(BufferStepKind kind, HolderToken token, HolderPlace holder, HolderPlace from, long now) =>
        new(kind, LifeOf(token), Record.OwnerOf(token.Generation), holder, from, TimeSpan.FromMilliseconds(now));

    [DoesNotReturn]
    private void ThrowMisuse(HolderToken token, string verb) => throw BufferMisuse.Stale(this, token, verb);
}
