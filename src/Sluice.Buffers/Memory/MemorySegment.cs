using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Sluice.Buffers;

/// <summary>A fixed block of memory that does not move: the smallest unit that pools lend.</summary>
/// <remarks>
/// Ownership: the segment belongs to its <see cref="MemorySlab"/>, which lies outside the managed heap, or to the
/// <see cref="PinnedMemory"/> that wraps memory of the caller's; a pool lends segments out inside a
/// <see cref="NetworkBuffer"/>. Threading: the bytes have one writer at a time, and none while they have readers.
/// Every access is checked once against the size. Once the owner is disposed every access throws
/// <see cref="ObjectDisposedException"/>, also one of no bytes and also through <see cref="Memory"/>.
/// Primitives in both byte orders are in <see cref="MemorySegmentPrimitives"/>, copies from and to streams in
/// <see cref="MemorySegmentStreams"/>.
/// </remarks>
public sealed unsafe class MemorySegment
{
    private byte* _pointer;
    private int _size;

    // The size again, or -1 once the memory is freed: then the one check refuses even a range of no bytes.
    private long _end;
    private SegmentMemory? _memory;

    internal MemorySegment(byte* pointer, int size)
    {
        _pointer = pointer;
        _size = size;
        _end = size;
    }

    /// <summary>Bytes it can hold; 0 once it is freed.</summary>
    public int Size => _size;

    /// <summary>The first byte, for code that has done its own bounds checks.</summary>
    [SuppressMessage("Naming", "CA1720", Justification = "It is a pointer, and says so.")]
    public byte* Pointer => At(0, 0);

    /// <summary>All bytes.</summary>
    public Span<byte> Span => new(At(0, 0), _size);

    /// <summary>
    /// All bytes, for asynchronous input and output. The first call allocates. Memory taken before the segment is freed
    /// throws on its next use; spans taken from it must no longer be used.
    /// </summary>
    public Memory<byte> Memory => (_memory ??= new SegmentMemory(this)).Memory;

    /// <summary>The bytes from <paramref name="offset"/> on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They are not all inside the segment.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Slice(int offset, int length) => new(At(offset, length), length);

    /// <summary>Copies bytes to another segment, or within this one also when the ranges overlap.</summary>
    public void CopyTo(int offset, MemorySegment target, int targetOffset, int length)
    {
        ArgumentNullException.ThrowIfNull(target);
        Slice(offset, length).CopyTo(target.Slice(targetOffset, length));
    }

    /// <summary>Copies bytes into <paramref name="target"/> and fills it.</summary>
    public void CopyTo(int offset, Span<byte> target) => Slice(offset, target.Length).CopyTo(target);

    /// <summary>Copies all of <paramref name="source"/> into this segment.</summary>
    public void CopyFrom(int offset, ReadOnlySpan<byte> source) => source.CopyTo(Slice(offset, source.Length));

    /// <summary>Compares as unsigned bytes from left to right; of two that agree, the shorter is the smaller.</summary>
    public int Compare(int offset, int length, MemorySegment other, int otherOffset, int otherLength)
    {
        ArgumentNullException.ThrowIfNull(other);
        ReadOnlySpan<byte> bytes = Slice(offset, length);
        return bytes.SequenceCompareTo(other.Slice(otherOffset, otherLength));
    }

    /// <summary>Whether two ranges of the same length hold the same bytes.</summary>
    public bool EqualTo(int offset, MemorySegment other, int otherOffset, int length)
    {
        ArgumentNullException.ThrowIfNull(other);
        ReadOnlySpan<byte> bytes = Slice(offset, length);
        return bytes.SequenceEqual(other.Slice(otherOffset, length));
    }

    /// <summary>
    /// Exchanges two ranges of the same length that do not overlap, through an auxiliary buffer of any size from one
    /// byte on; a small one costs more rounds.
    /// </summary>
    public void SwapBytes(Span<byte> auxiliary, int offset, MemorySegment other, int otherOffset, int length)
    {
        ArgumentNullException.ThrowIfNull(other);
        Span<byte> mine = Slice(offset, length);
        Span<byte> theirs = other.Slice(otherOffset, length);
        if (mine.Overlaps(theirs))
        {
            throw new ArgumentException(
                $"The ranges overlap: {length} bytes at {offset} and at {otherOffset} of one segment.",
                nameof(otherOffset));
        }

        if (auxiliary.IsEmpty && length > 0)
        {
            throw new ArgumentException(
                "The auxiliary buffer is empty; it needs at least one byte.", nameof(auxiliary));
        }

        while (!mine.IsEmpty)
        {
            int step = Math.Min(auxiliary.Length, mine.Length);
            mine[..step].CopyTo(auxiliary);
            theirs[..step].CopyTo(mine);
            auxiliary[..step].CopyTo(theirs);
            mine = mine[step..];
            theirs = theirs[step..];
        }
    }

    /// <summary>The address of a checked range; the sum is taken in 64 bits, so nothing overflows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal byte* At(int offset, int length)
    {
        if ((long)(uint)offset + (uint)length > _end)
        {
            ThrowOutside(offset, length);
        }

        return _pointer + offset;
    }

    internal void MarkFreed()
    {
        _end = -1;
        _size = 0;
        _pointer = null;
    }

    [DoesNotReturn]
    private void ThrowOutside(int offset, int length)
    {
        ObjectDisposedException.ThrowIf(_pointer == null, this);
        throw new ArgumentOutOfRangeException(
            nameof(offset), $"{length} bytes at offset {offset} are not inside a segment of {_size} bytes.");
    }
}
