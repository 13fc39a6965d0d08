using System.Buffers;

namespace Sluice.Buffers;

/// <summary>Shows pages as a <see cref="ReadOnlySequence{T}"/>, for code that parses one.</summary>
public static class PageSequence
{
    extension(IReadOnlyList<MemorySegment> pages)
    {
        /// <summary>A range of pages of one size, without copying; allocates one object a page.</summary>
        /// <param name="offset">Where the range begins, in bytes from the start of the first page.</param>
        /// <param name="length">Bytes of the range.</param>
        /// <exception cref="ArgumentOutOfRangeException">The range is not all inside the pages.</exception>
        public ReadOnlySequence<byte> AsSequence(long offset, long length)
        {
            ArgumentNullException.ThrowIfNull(pages);
            int pageSize = pages.Count == 0 ? 0 : pages[0].Size;
            long capacity = (long)pages.Count * pageSize;
            ArgumentOutOfRangeException.ThrowIfNegative(offset);
            ArgumentOutOfRangeException.ThrowIfNegative(length);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, capacity);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(length, capacity - offset);
            if (length == 0)
            {
                return ReadOnlySequence<byte>.Empty;
            }

            long end = offset + length;
            int index = (int)(offset / pageSize);
            int lastIndex = (int)((end - 1) / pageSize);
            var first = new Piece(pages[index].Memory);
            Piece last = first;
            while (index < lastIndex)
            {
                index++;
                last = last.Append(pages[index].Memory);
            }

            return new ReadOnlySequence<byte>(
                first, (int)(offset % pageSize), last, (int)(end - ((long)lastIndex * pageSize)));
        }
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory) => Memory = memory;

        public Piece Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
