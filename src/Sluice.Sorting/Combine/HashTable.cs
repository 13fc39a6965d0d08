using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Buffers;

namespace Sluice.Sorting;

/// <summary>Folds items by key in pool segments in front of the ring, until its share of the memory is full.</summary>
/// <remarks>
/// Open addressing with linear probing over 8-byte slots (32 bits of the hash, 32 bits of the entry's place); entries
/// (state, key length, key) lie behind each other in segments and never cross one. All slots' segments are there from
/// the start, but only as many slots are used as the keys need, twice as many each time: few keys stay in the cache.
/// Ownership: owns its segments until disposed. Threading: one thread.
/// </remarks>
/// <typeparam name="TState">What a key's items are folded into; copied as bytes.</typeparam>
public sealed unsafe class HashTable<TState> : IDisposable
    where TState : unmanaged
{
    private const int EntryAlignment = 8;
    private const int FewestSlots = 1024;

    private readonly TableMemory _memory;
    private readonly nint[] _slots;
    private readonly int _slotShift;
    private readonly long _slotCount;
    private readonly int _segmentSize;
    private readonly int _segmentShift;

    // Of the entries: so many segments, each filled up to its end. The arrays grow with them.
    private nint[] _entrySegments = new nint[16];
    private int[] _entryEnds = new int[16];
    private int _entrySegmentCount;

    private long _slotMask;
    private int _largestCount;
    private int _current;
    private int _position;

    /// <param name="pool">Gives the slots' segments now and the entries' as they are needed.</param>
    /// <param name="segmentSize">Bytes of one segment, a power of two.</param>
    /// <param name="maximumSegments">Segments the table may hold, at least 2; about a quarter become slots.</param>
    /// <param name="cancellationToken">Ends waiting for the slots' segments.</param>
    public HashTable(
        IBufferPool pool, int segmentSize, int maximumSegments, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumSegments, 2);
        _memory = new TableMemory(pool, maximumSegments);
        _segmentSize = segmentSize;
        int slotSegments = 1 << BitOperations.Log2((uint)Math.Max(1, maximumSegments / 4));
        _slots = new nint[slotSegments];
        try
        {
            for (int i = 0; i < slotSegments; i++)
            {
                _slots[i] = _memory.Take(cancellationToken);
            }
        }
        catch
        {
            Dispose();
            throw;
        }

        _segmentShift = BitOperations.Log2((uint)segmentSize);
        _slotShift = BitOperations.Log2((uint)(segmentSize / sizeof(ulong)));
        _slotCount = (long)slotSegments << _slotShift;
        UseSlots(Math.Min(FewestSlots, _slotCount));
    }

    /// <summary>Keys in the table.</summary>
    public int Count { get; private set; }

    private static int StateSize => (sizeof(TState) + EntryAlignment - 1) & -EntryAlignment;

    /// <summary>The state of a key, which is added when it is new.</summary>
    /// <param name="key">Copied when new.</param>
    /// <param name="hash">What <see cref="KeyHash"/> says of the key.</param>
    /// <param name="added">Whether the key is new; its state is all zeros then.</param>
    /// <returns>A null reference when the table is full, or the key is longer than a segment holds.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ref TState Find(ReadOnlySpan<byte> key, ulong hash, out bool added)
    {
        uint tag = (uint)(hash >> 32);
        long index = (long)hash & _slotMask;
        while (true)
        {
            ref ulong slot = ref Slot(index);
            if (slot == 0)
            {
                added = true;
                return ref Add(key, tag, ref slot);
            }

            if ((uint)(slot >> 32) == tag)
            {
                byte* entry = EntryAt((uint)slot);
                int length = *(int*)(entry + StateSize);
                if (length == key.Length
                    && key.SequenceEqual(new ReadOnlySpan<byte>(entry + StateSize + sizeof(int), length)))
                {
                    added = false;
                    return ref *(TState*)entry;
                }
            }

            index = (index + 1) & _slotMask;
        }
    }

    /// <summary>Hands over every key with its state, in the order they came, and empties the table.</summary>
    public void Drain<TTarget>(ref TTarget target)
        where TTarget : struct, IHashTableTarget<TState>, allows ref struct
    {
        HandOver(ref target, isLast: false);
        Clear();
    }

    /// <summary>
    /// Hands over every key with its state, in the order they came, and gives each segment back as soon as that is
    /// done: whoever takes the records finds memory that is in use already. Nothing may be asked of the table then.
    /// </summary>
    public void DrainLast<TTarget>(ref TTarget target)
        where TTarget : struct, IHashTableTarget<TState>, allows ref struct
    {
        _memory.Release(_slots.Length);
        HandOver(ref target, isLast: true);
        Dispose();
    }

    public void Dispose()
    {
        _memory.Dispose();
        Count = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void HandOver<TTarget>(ref TTarget target, bool isLast)
        where TTarget : struct, IHashTableTarget<TState>, allows ref struct
    {
        for (int segment = 0; segment < _entrySegmentCount && segment <= _current; segment++)
        {
            byte* start = (byte*)_entrySegments[segment];
            int end = segment == _current ? _position : _entryEnds[segment];
            for (int offset = 0; offset < end;)
            {
                byte* entry = start + offset;
                int length = *(int*)(entry + StateSize);
                target.Take(new ReadOnlySpan<byte>(entry + StateSize + sizeof(int), length), in *(TState*)entry);
                offset += EntrySize(length);
            }

            if (isLast)
            {
                // The slots' segments were the first ones; those of the entries follow in their order.
                _memory.Release(_slots.Length + segment + 1);
            }
        }
    }

    private void Clear()
    {
        UseSlots(Math.Min(FewestSlots, _slotCount));
        Count = 0;
        _current = 0;
        _position = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private ref TState Add(ReadOnlySpan<byte> key, uint tag, ref ulong slot)
    {
        int size = EntrySize(key.Length);
        if (size > _segmentSize || (Count >= _largestCount && _slotMask + 1 == _slotCount) || !MakeRoom(size))
        {
            return ref Unsafe.NullRef<TState>();
        }

        if (Count >= _largestCount)
        {
            Grow();
            slot = ref FreeSlot(KeyHash.Of(key));
        }

        byte* entry = (byte*)_entrySegments[_current] + _position;

        // A state is copied as bytes, also those between its fields, which nobody else sets.
        new Span<byte>(entry, StateSize).Clear();
        slot = SlotOf(tag, _current, _position);
        *(int*)(entry + StateSize) = key.Length;
        key.CopyTo(new Span<byte>(entry + StateSize + sizeof(int), key.Length));
        _position += size;
        Count++;
        return ref *(TState*)entry;
    }

    // Every key is placed anew, in the order of the entries, which lie behind each other.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Grow()
    {
        UseSlots(2 * (_slotMask + 1));
        for (int segment = 0; segment <= _current; segment++)
        {
            byte* start = (byte*)_entrySegments[segment];
            int end = segment == _current ? _position : _entryEnds[segment];
            for (int offset = 0; offset < end;)
            {
                byte* entry = start + offset;
                int length = *(int*)(entry + StateSize);
                ulong hash = KeyHash.Of(new ReadOnlySpan<byte>(entry + StateSize + sizeof(int), length));
                FreeSlot(hash) = SlotOf((uint)(hash >> 32), segment, offset);
                offset += EntrySize(length);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref ulong FreeSlot(ulong hash)
    {
        long index = (long)hash & _slotMask;
        while (Slot(index) != 0)
        {
            index = (index + 1) & _slotMask;
        }

        return ref Slot(index);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong SlotOf(uint tag, int segment, int offset) =>
        ((ulong)tag << 32) | (uint)(((((long)segment << _segmentShift) + offset) / EntryAlignment) + 1);

    // From now on so many slots, all free. Memory beyond them is not touched: the kernel need not give it.
    private void UseSlots(long count)
    {
        _slotMask = count - 1;
        _largestCount = (int)Math.Min(int.MaxValue, count * 7 / 10);
        long bytes = count * sizeof(ulong);
        for (int segment = 0; bytes > 0; segment++)
        {
            new Span<byte>((void*)_slots[segment], (int)Math.Min(bytes, _segmentSize)).Clear();
            bytes -= _segmentSize;
        }
    }

    private bool MakeRoom(int size)
    {
        if (_entrySegmentCount > 0 && _position + size <= _segmentSize)
        {
            return true;
        }

        int next = _entrySegmentCount == 0 ? 0 : _current + 1;
        if (next == _entrySegmentCount)
        {
            if (_memory.TryTake() is not nint address)
            {
                return false;
            }

            if (next == _entrySegments.Length)
            {
                Array.Resize(ref _entrySegments, 2 * next);
                Array.Resize(ref _entryEnds, 2 * next);
            }

            _entrySegments[next] = address;
            _entrySegmentCount++;
        }

        if (next > 0)
        {
            _entryEnds[_current] = _position;
        }

        _current = next;
        _position = 0;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref ulong Slot(long index)
    {
        nint segment = Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_slots), (nint)(index >> _slotShift));
        return ref ((ulong*)segment)[index & ((1L << _slotShift) - 1)];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* EntryAt(uint place)
    {
        long offset = (long)(place - 1) * EntryAlignment;
        nint segment = Unsafe.Add(
            ref MemoryMarshal.GetArrayDataReference(_entrySegments), (nint)(offset >> _segmentShift));
        return (byte*)segment + (offset & (_segmentSize - 1));
    }

    private static int EntrySize(int keyLength) =>
        StateSize + ((sizeof(int) + keyLength + EntryAlignment - 1) & -EntryAlignment);
}
