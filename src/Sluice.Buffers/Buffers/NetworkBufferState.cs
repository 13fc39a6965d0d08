using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Sluice.Buffers;

/// <summary>The one state object of a pooled segment; all handles of all its lives point here.</summary>
/// <remarks>
/// The holders are one <see cref="HolderWord"/>, changed only by compare-and-swap. Whoever takes the last holder out
/// wins the segment alone and returns it to the pool, so it cannot be recycled twice.
/// <see cref="Share"/> and <see cref="Subpartition"/> are written under the pool's lock while nobody
/// holds the segment. Length and data type belong to the writer and are handed on with the buffer.
/// </remarks>
internal sealed class NetworkBufferState(NetworkBufferPool pool, int index, MemorySegment segment)
{
    public const long NotBegun = -1;

    private ulong _holders;
    private int _nextPlace;

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

    public int Length { get; set; }

    public BufferDataType DataType { get; set; }

    private HolderWord Word => new(Volatile.Read(ref _holders));

    /// <summary>
    /// Begins a life with one holder. The caller has just taken the segment from the pool and is alone with it.
    /// </summary>
    public NetworkBuffer Begin(long now)
    {
        HolderWord word = Word;
        Debug.Assert(word.IsFree, "A segment that the pool hands out has no holder.");

        int place = word.FreePlace(_nextPlace);
        HolderWord held = word.With(place);
        HolderToken token = held.TokenOf(place);
        Since = now;
        Length = 0;
        DataType = BufferDataType.Data;
        TurnPlace(place);
        Volatile.Write(ref _holders, held.Bits);
        Share!.Lifecycle?.OnRequested(LifeOf(token), Share.Owner);
        return new NetworkBuffer(this, token);
    }

    public bool IsLive(HolderToken token) => Word.Holds(token);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Check(HolderToken token)
    {
        if (!Word.Holds(token))
        {
            ThrowMisuse(token, "used");
        }
    }

    public NetworkBuffer Retain(HolderToken token) => TryRetain(token, out NetworkBuffer retained)
        ? retained
        : throw new BufferMisuseException(
            $"Segment {Index} cannot be retained: all {HolderWord.Places} places are held (lent to '{Owner}'). "
            + "Share one handle among more readers, or copy.");

    /// <summary>Adds a holder, unless as many as there can be hold it already.</summary>
    public bool TryRetain(HolderToken token, out NetworkBuffer retained)
    {
        IBufferLifecycle? lifecycle = Share?.Lifecycle;
        while (true)
        {
            // A plain increment could revive a buffer that has just gone back to the pool; the swap cannot.
            HolderWord word = Word;
            if (!word.Holds(token))
            {
                ThrowMisuse(token, "retained");
            }

            if (word.IsFull)
            {
                retained = default;
                return false;
            }

            int place = word.FreePlace(_nextPlace);
            HolderWord held = word.With(place);
            if (Interlocked.CompareExchange(ref _holders, held.Bits, word.Bits) == word.Bits)
            {
                TurnPlace(place);
                HolderToken added = held.TokenOf(place);
                lifecycle?.OnRetained(LifeOf(added), place);
                retained = new NetworkBuffer(this, added);
                return true;
            }
        }
    }

    public void Release(HolderToken token)
    {
        // Read before the swap: after it the segment may be in its next life already.
        IBufferLifecycle? lifecycle = Share?.Lifecycle;
        while (true)
        {
            HolderWord word = Word;
            if (!word.Holds(token))
            {
                ThrowMisuse(token, "released");
            }

            HolderWord released = word.Without(token.Place);
            if (Interlocked.CompareExchange(ref _holders, released.Bits, word.Bits) == word.Bits)
            {
                lifecycle?.OnReleased(LifeOf(token), token.Place);
                if (released.IsFree)
                {
                    lifecycle?.OnRecycled(LifeOf(token));
                    pool.Recycle(this);
                }

                return;
            }
        }
    }

    private string Owner => Share?.Owner ?? "nobody";

    private BufferLife LifeOf(HolderToken token) => new(Index, (int)token.Generation);

    /// <remarks>Only a hint, so a lost update does no harm: the swap decides who gets which place.</remarks>
    private void TurnPlace(int taken) => _nextPlace = taken + 1 == HolderWord.Places ? 0 : taken + 1;

    [DoesNotReturn]
    private void ThrowMisuse(HolderToken token, string verb)
    {
        HolderWord word = Word;
        string now = word.IsFree ? "free" : $"lent to '{Owner}' with {word.Holders} holder(s)";
        string what = word.Generation == token.Generation
            ? $"was released before, in this same life; the segment is still {now}"
            : $"belongs to a life that has ended; the segment is in life {word.Generation} now and is {now}";
        throw new BufferMisuseException(
            $"A handle of segment {Index} cannot be {verb}: it (life {token.Generation}, place {token.Place}) {what}.");
    }
}
