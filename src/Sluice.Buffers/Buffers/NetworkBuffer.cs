using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Sluice.Buffers;

/// <summary>One holder's reference to one life of a memory segment.</summary>
/// <remarks>
/// Ownership: whoever requests the buffer, or calls <see cref="Retain"/>, owns one handle and
/// releases it exactly once. The last release recycles the segment and starts its next generation. A copy of the
/// struct is the same handle: handing it over hands over the reference.
/// Threading: handles may be retained and released from any thread; the bytes, the length and the data type have one
/// writer at a time, who hands the buffer on through something that orders memory (a lock, a channel).
/// A handle that was released, or whose segment is in another life, throws <see cref="BufferMisuseException"/> from
/// every member but <see cref="IsLive"/>, also while others still hold the buffer. Spans taken before are not guarded.
/// </remarks>
public readonly struct NetworkBuffer : IEquatable<NetworkBuffer>
{
    private readonly NetworkBufferState? _state;
    private readonly HolderToken _token;

    internal NetworkBuffer(NetworkBufferState state, HolderToken token)
    {
        _state = state;
        _token = token;
    }

    /// <summary>Whether this handle still holds its buffer. False for a default handle.</summary>
    public bool IsLive => _state is not null && _state.IsLive(_token);

    /// <summary>The memory.</summary>
    public MemorySegment Segment => Checked().Segment;

    /// <summary>All bytes of the segment, used or not.</summary>
    public Span<byte> Span => Checked().Segment.Span;

    /// <summary>Bytes it can hold.</summary>
    public int Size => Checked().Segment.Size;

    /// <summary>Bytes in use, from the start. 0 in a buffer just requested.</summary>
    public int Length => Checked().Length;

    /// <summary>What the bytes are. <see cref="BufferDataType.Data"/> in a buffer just requested.</summary>
    public BufferDataType DataType => Checked().DataType;

    /// <summary>The bytes in use.</summary>
    public ReadOnlySpan<byte> Written
    {
        get
        {
            NetworkBufferState state = Checked();
            return state.Segment.Slice(0, state.Length);
        }
    }

    /// <summary>Adds a holder.</summary>
    /// <returns>The new holder's own handle, to be released once.</returns>
    /// <exception cref="BufferMisuseException">This handle is not live, or all ten places are held.</exception>
    public NetworkBuffer Retain() => Known().Retain(_token);

    /// <summary>Adds a holder, unless all places are held.</summary>
    /// <returns>False when there is no place; then a reader copies instead.</returns>
    /// <exception cref="BufferMisuseException">This handle is not live.</exception>
    public bool TryRetain(out NetworkBuffer retained) => Known().TryRetain(_token, out retained);

    /// <summary>Gives this reference back; the last one returns the segment to its pool.</summary>
    /// <exception cref="BufferMisuseException">This handle is not live.</exception>
    public void Release() => Known().Release(_token);

    /// <summary>Says how many bytes are in use.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, or more than the segment holds.</exception>
    public void SetLength(int length)
    {
        NetworkBufferState state = Checked();
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, state.Segment.Size);
        state.Length = length;
    }

    /// <summary>Says what the bytes are.</summary>
    public void SetDataType(BufferDataType dataType) => Checked().DataType = dataType;

    /// <summary>A part of the bytes in use, with a reference of its own that keeps the buffer alive.</summary>
    /// <returns>A slice that its holder releases once.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The part is not all inside <see cref="Length"/>.</exception>
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
