using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Sluice.Buffers;

/// <summary>One holder's reference to one life of a memory segment.</summary>
/// <remarks>
/// <code>
/// 0 ........ ReadPosition ........ Length ........ Size
///   was read             to be read       room
///                        = Readable
/// </code>
/// Ownership: whoever requests the buffer, or calls <see cref="Retain()"/>, owns one handle and
/// releases it exactly once. The last release recycles the segment and starts its next generation. A copy of the
/// struct is the same handle; <see cref="HandOver"/> gives the reference to another holder and makes all copies stale.
/// Threading: handles may be retained and released from any thread; bytes, positions and data type have one
/// writer at a time, who hands the buffer on through something that orders memory (a lock, a channel). The
/// positions belong to the buffer, not to the handle: readers at several places take slices or consumers.
/// A handle that was released, or whose segment is in another life, throws <see cref="BufferMisuseException"/> from
/// every member but <see cref="IsLive"/>, also while others still hold the buffer. Spans taken before are not guarded.
/// A released handle is taken for a live one again only when its place has since had eight further holders of the same
/// life, or the segment 2^24 further lives.
/// </remarks>
public readonly struct NetworkBuffer : IBuffer, IEquatable<NetworkBuffer>
{
    private readonly NetworkBufferState? _state;
    private readonly HolderToken _token;

    internal NetworkBuffer(NetworkBufferState state, HolderToken token)
    {
        _state = state;
        _token = token;
    }

    /// <inheritdoc/>
    public bool IsLive => _state is not null && _state.Word.Holds(_token);

    /// <summary>The memory.</summary>
    public MemorySegment Segment => Checked().Segment;

    /// <summary>All bytes of the segment, used or not.</summary>
    public Span<byte> Span => Checked().Segment.Span;

    /// <summary>Bytes it can hold.</summary>
    public int Size => Checked().Segment.Size;

    /// <summary>Bytes in use, from the start: where writing goes on. 0 in a buffer just requested.</summary>
    public int Length => Checked().Length;

    /// <summary>Bytes that were read, from the start: where reading goes on. 0 in a buffer just requested.</summary>
    public int ReadPosition => Checked().ReadPosition;

    /// <summary>What the bytes are. <see cref="BufferDataType.Data"/> in a buffer just requested.</summary>
    public BufferDataType DataType => Checked().DataType;

    /// <inheritdoc/>
    public string Owner => Checked().Record.OwnerOf(_token.Generation);

    /// <inheritdoc/>
    public string Holder => Checked().Record.LabelOf(_token);

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Written
    {
        get
        {
            NetworkBufferState state = Checked();
            return state.Segment.Slice(0, state.Length);
        }
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> WrittenMemory
    {
        get
        {
            NetworkBufferState state = Checked();
            return state.Segment.Memory[..state.Length];
        }
    }

    /// <summary>
    /// Whether a hook sees this life: then it is worth the while to say who holds the buffer. A null check.
    /// </summary>
    public bool IsWatched => Known().IsWatched;

    /// <summary>The span of this life, to be sent along with its bytes; the default when nobody traces it.</summary>
    public ActivityContext Trace => Known().TraceOf(_token);

    /// <summary>The bytes in use that were not read.</summary>
    public ReadOnlySpan<byte> Readable
    {
        get
        {
            NetworkBufferState state = Checked();
            return state.Segment.Slice(state.ReadPosition, state.Length - state.ReadPosition);
        }
    }

    /// <summary>The bytes behind those in use, to be filled and then counted with <see cref="Append(int)"/>.</summary>
    public Span<byte> Room
    {
        get
        {
            NetworkBufferState state = Checked();
            return state.Segment.Slice(state.Length, state.Segment.Size - state.Length);
        }
    }

    /// <summary>Whose it is while it is out.</summary>
    internal PoolShare? LentTo => Checked().Share;

    /// <summary>Adds a holder.</summary>
    /// <returns>The new holder's own handle, to be released once.</returns>
    /// <exception cref="BufferMisuseException">This handle is not live, or all ten places are held.</exception>
    public NetworkBuffer Retain() => Known().Retain(_token);

    /// <inheritdoc cref="Retain()"/>
    /// <param name="holder">Who holds the new handle, as messages name it; made once, not for every buffer.</param>
    public NetworkBuffer Retain(string holder)
    {
        ArgumentException.ThrowIfNullOrEmpty(holder);
        return Known().RetainFully(_token, holder);
    }

    /// <summary>Adds a holder, unless all places are held.</summary>
    /// <returns>False when there is no place; then a reader copies instead.</returns>
    /// <exception cref="BufferMisuseException">This handle is not live.</exception>
    public bool TryRetain(out NetworkBuffer retained) => Known().TryRetain(_token, null, out retained);

    /// <inheritdoc cref="TryRetain(out NetworkBuffer)"/>
    /// <param name="holder">Who holds the new handle, as messages name it; made once, not for every buffer.</param>
    /// <param name="retained">The new holder's own handle, to be released once.</param>
    public bool TryRetain(string holder, out NetworkBuffer retained)
    {
        ArgumentException.ThrowIfNullOrEmpty(holder);
        return Known().TryRetain(_token, holder, out retained);
    }

    /// <summary>Gives this reference to another holder; this handle and its copies are stale from then on.</summary>
    /// <param name="holder">Who holds it from now on, as messages name it; made once, not for every buffer.</param>
    /// <returns>The new holder's handle, to be released once.</returns>
    /// <exception cref="BufferMisuseException">This handle is not live.</exception>
    public NetworkBuffer HandOver(string holder)
    {
        ArgumentException.ThrowIfNullOrEmpty(holder);
        return Known().HandOver(_token, holder);
    }

    /// <summary>
    /// Has a further hook see the rest of this life, if it wants to: for a buffer of a pool that lends to many.
    /// </summary>
    /// <remarks>For the one holder of a buffer, before it passes it on.</remarks>
    public void Watch(IBufferLifecycle hook)
    {
        ArgumentNullException.ThrowIfNull(hook);
        Known().Watch(_token, hook);
    }

    /// <summary>
    /// Tells who watches this life that its bytes were written into a connection. A null check otherwise.
    /// </summary>
    /// <param name="to">The process at the other end.</param>
    public void NoteSent(string to) => Known().Note(_token, BufferStepKind.Sent, to);

    /// <summary>
    /// Tells who watches this life that bytes from another process have come into the buffer; when they come from a
    /// life that is traced there, its pool's hook may look at this one from now on.
    /// </summary>
    /// <remarks>For the one holder of a buffer, before it passes it on.</remarks>
    /// <param name="from">The process at the other end.</param>
    /// <param name="sender">The span of the life that the bytes come from; the default when that is not traced.</param>
    public void NoteReceived(string from, ActivityContext sender) => Known().Receive(_token, from, sender);

    /// <summary>Tells who watches this life that its bytes are used now. A null check otherwise.</summary>
    public void NoteRead() => Known().Note(_token, BufferStepKind.Read, null);

    /// <inheritdoc/>
    public void Release() => Known().Release(_token);

    /// <summary>Says how many bytes are in use.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// Negative, less than was read, or more than the segment holds; nothing is changed.
    /// </exception>
    public void SetLength(int length)
    {
        NetworkBufferState state = Checked();
        ArgumentOutOfRangeException.ThrowIfLessThan(length, state.ReadPosition);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, state.Segment.Size);
        state.Length = length;
    }

    /// <summary>Counts bytes as in use that were filled in place.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// Negative, or more than there is room; nothing is changed.
    /// </exception>
    public void Append(int count)
    {
        NetworkBufferState state = Checked();
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, state.Segment.Size - state.Length);
        state.Length += count;
    }

    /// <summary>Says how many bytes were read, also to read some of them again.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// Negative, or more than is in use; nothing is changed.
    /// </exception>
    public void SetReadPosition(int position)
    {
        NetworkBufferState state = Checked();
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position, state.Length);
        state.ReadPosition = position;
    }

    /// <summary>Sets both positions to the start, for the buffer to be filled anew.</summary>
    public void Clear()
    {
        NetworkBufferState state = Checked();
        state.ReadPosition = 0;
        state.Length = 0;
    }

    /// <summary>Says what the bytes are.</summary>
    public void SetDataType(BufferDataType dataType) => Checked().DataType = dataType;

    /// <inheritdoc/>
    public NetworkBufferSlice ReadOnlySlice(int offset, int length)
    {
        int used = Length;
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)offset + length, used, nameof(length));
        return new NetworkBufferSlice(Retain(), offset, length);
    }

    /// <summary>Whether both are the same handle; two holders of one buffer are not equal.</summary>
    public bool Equals(NetworkBuffer other) => ReferenceEquals(_state, other._state) && _token == other._token;

    public override bool Equals(object? obj) => obj is NetworkBuffer other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_state?.Index, _token);

    public static bool operator ==(NetworkBuffer left, NetworkBuffer right) => left.Equals(right);

    public static bool operator !=(NetworkBuffer left, NetworkBuffer right) => !left.Equals(right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private NetworkBufferState Checked()
    {
        NetworkBufferState state = Known();
        state.Check(_token);
        return state;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private NetworkBufferState Known()
    {
        if (_state is null)
        {
            ThrowDefault();
        }

        return _state;
    }

    [DoesNotReturn]
    private static void ThrowDefault() =>
        throw new BufferMisuseException("A default handle was used; it never held a buffer.");
}
