using System.Runtime.InteropServices;

namespace Sluice.Buffers;

/// <summary>One aligned run of memory outside the managed heap, cut into segments of equal size.</summary>
/// <remarks>
/// The operating system maps a page when it is first written, so a slab costs address space until it is used.
/// Ownership: whoever makes the slab disposes it. From then on every access through one of its segments throws;
/// spans taken earlier must no longer be used, so a slab is only disposed when nobody holds a segment of it.
/// There is no finalizer: a span does not keep its slab alive, so only the owner can know when nobody reads.
/// </remarks>
public sealed unsafe partial class MemorySlab : IDisposable
{
    private const int PageSize = 4096;
    private const int HugePageSize = 2 * 1024 * 1024;

    private readonly MemorySegment[] _segments;
    private nint _memory;

    /// <param name="segmentCount">How many segments, at least one.</param>
    /// <param name="segmentSize">Bytes of each segment, at least one.</param>
    /// <exception cref="OutOfMemoryException">The operating system refuses the address space.</exception>
    public MemorySlab(int segmentCount, int segmentSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(segmentCount);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(segmentSize);
        nuint size = checked((nuint)segmentCount * (nuint)segmentSize);

        // Slabs that can hold huge pages start on one, so that the kernel may use them.
        _memory = (nint)NativeMemory.AlignedAlloc(size, size >= HugePageSize ? (nuint)HugePageSize : PageSize);
        AdviseHugePages(size);
        _segments = new MemorySegment[segmentCount];
        for (int i = 0; i < segmentCount; i++)
        {
            _segments[i] = new MemorySegment((byte*)_memory + ((nuint)i * (nuint)segmentSize), segmentSize);
        }
    }

    /// <summary>The segments in order of address.</summary>
    public ReadOnlySpan<MemorySegment> Segments => _segments;

    /// <summary>Gives the memory back to the operating system. Further calls, from any thread, do nothing.</summary>
    public void Dispose()
    {
        nint memory = Interlocked.Exchange(ref _memory, 0);
        if (memory == 0)
        {
            return;
        }

        foreach (MemorySegment segment in _segments)
        {
            segment.MarkFreed();
        }

        NativeMemory.AlignedFree((void*)memory);
    }

    // Sorting reaches into the whole slab at random: with small pages most of those reads miss the address cache too.
    // It is advice: a kernel that does not take it works the same, slower.
    private void AdviseHugePages(nuint size)
    {
        if (OperatingSystem.IsLinux() && size >= HugePageSize)
        {
            _ = Advise((void*)_memory, size, UseHugePages);
        }
    }

    private const int UseHugePages = 14;

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Advise(void* address, nuint length, int advice);
}
