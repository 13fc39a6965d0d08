using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sluice.Buffers.Tests;

/// <summary>Memory is freed once, by its owner; whoever comes later is told.</summary>
public sealed class FreedMemoryTests
{
    [Fact]
    public void Every_access_throws_once_the_slab_is_freed()
    {
        var slab = new MemorySlab(1, 16);

        CheckFreed(slab.Segments[0], slab);
    }

    [Fact]
    public void Every_access_throws_once_wrapped_memory_is_unpinned()
    {
        var pinned = new PinnedMemory(new byte[16]);

        CheckFreed(pinned.Segment, pinned);
    }

    [Fact]
    public void Wrapped_memory_is_shared_and_not_copied()
    {
        byte[] array = new byte[20];
        using var pinned = new PinnedMemory(array.AsMemory(3, 10));

        pinned.Segment.PutInt64BigEndian(2, 0x0102030405060708);
        array[3] = 0x99;

        Assert.Equal([0, 0, 0, 0x99, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0], array);
        Assert.Equal(0x99, pinned.Segment.GetByte(0));
        Assert.Equal(10, pinned.Segment.Size);
        Assert.Throws<ArgumentOutOfRangeException>(() => pinned.Segment.GetByte(10));
    }

    [Fact]
    public unsafe void Wrapped_memory_stays_where_it_is_while_the_collector_moves_the_rest()
    {
        byte[] array = new byte[1000];
        using var pinned = new PinnedMemory(array);
        nint before = (nint)pinned.Segment.Pointer;

        GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);

        Assert.Equal(before, (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array)));
        pinned.Segment.PutByte(999, 7);
        Assert.Equal(7, array[999]);
    }

    [Fact]
    public void Wrapped_memory_is_pinned_once_and_unpinned_once()
    {
        var manager = new CountingMemory(8);
        var pinned = new PinnedMemory(manager.Memory);
        int whileWrapped = manager.Pins;

        pinned.Dispose();
        pinned.Dispose();

        Assert.Equal((1, 0), (whileWrapped, manager.Pins));
    }

    [Fact]
    public void Nothing_to_wrap_is_refused() =>
        Assert.Throws<ArgumentException>(() => new PinnedMemory(Memory<byte>.Empty));

    [Fact]
    public void Two_wrappers_of_one_array_are_one_memory_also_for_overlaps()
    {
        byte[] array = [1, 2, 3, 4, 5, 6];
        using var first = new PinnedMemory(array);
        using var second = new PinnedMemory(array.AsMemory(2));

        first.Segment.CopyTo(0, second.Segment, 0, 4);

        Assert.Equal([1, 2, 1, 2, 3, 4], array);
        Assert.Throws<ArgumentException>(() => first.Segment.SwapBytes(new byte[2], 0, second.Segment, 0, 4));
    }

    private static unsafe void CheckFreed(MemorySegment segment, IDisposable owner)
    {
        Memory<byte> memory = segment.Memory;
        using var other = new MemorySlab(1, 16);
        MemorySegment alive = other.Segments[0];

        owner.Dispose();
        owner.Dispose();

        Action[] uses =
        [
            () => _ = segment.Span.Length, () => _ = segment.Memory, () => _ = *segment.Pointer,
            () => _ = segment.Slice(0, 1).Length, () => _ = segment.Slice(0, 0).Length,
            () => segment.GetByte(0), () => segment.GetInt64LittleEndian(0), () => segment.GetUInt128BigEndian(0),
            () => segment.PutByte(0, 1), () => segment.PutDoubleBigEndian(8, 1), () => segment.GetByte(int.MaxValue),
            () => segment.CopyTo(0, new byte[1]), () => segment.CopyTo(0, Span<byte>.Empty),
            () => segment.CopyFrom(0, new byte[1]), () => segment.CopyFrom(0, []),
            () => segment.CopyTo(0, alive, 0, 0), () => alive.CopyTo(0, segment, 0, 1),
            () => segment.Compare(0, 0, alive, 0, 0), () => alive.Compare(0, 1, segment, 0, 1),
            () => segment.EqualTo(0, alive, 0, 0), () => segment.SwapBytes(new byte[1], 0, alive, 0, 0),
            () => segment.CopyFrom(0, Stream.Null, 0), () => segment.CopyTo(0, Stream.Null, 0),
            () => segment.CopyFromAsync(0, Stream.Null, 0).AsTask().GetAwaiter().GetResult(),
            () => segment.CopyToAsync(0, Stream.Null, 0).AsTask().GetAwaiter().GetResult(),
            () => _ = memory.Span.Length, () => _ = memory[3..].Span.Length, () => memory.Pin().Dispose(),
            () => _ = memory.ToArray(),
        ];
        Assert.All(uses, use => Assert.Throws<ObjectDisposedException>(use));
        Assert.Equal(0, segment.Size);
    }

    /// <summary>Memory of its own that counts its pins.</summary>
    private sealed unsafe class CountingMemory(int size) : MemoryManager<byte>
    {
        private readonly byte[] _bytes = GC.AllocateArray<byte>(size, pinned: true);

        public int Pins { get; private set; }

        public override Span<byte> GetSpan() => _bytes;

        public override MemoryHandle Pin(int elementIndex = 0)
        {
            Pins++;
            void* address = Unsafe.AsPointer(ref _bytes[elementIndex]);
            return new MemoryHandle(address, default, this);
        }

        public override void Unpin() => Pins--;

        protected override void Dispose(bool disposing)
        {
        }
    }
}
