using System.Diagnostics.CodeAnalysis;

namespace Sluice.Buffers;

/// <summary>Copies between a segment and a stream; exactly as many bytes as asked for, or an exception.</summary>
/// <remarks>
/// A range outside the segment is refused before the stream is touched. The asynchronous forms need the segment's
/// memory until they end: its owner must not free it before.
/// </remarks>
public static class MemorySegmentStreams
{
    extension(MemorySegment segment)
    {
        /// <summary>
        /// Fills <paramref name="length"/> bytes from <paramref name="offset"/> on with the stream's next.
        /// </summary>
        /// <exception cref="ArgumentOutOfRangeException">The range is not all inside the segment.</exception>
        /// <exception cref="EndOfStreamException">The stream ended first. The bytes it had are in the segment from
        /// <paramref name="offset"/> on, those behind them are as they were.</exception>
        public void CopyFrom(int offset, Stream source, int length)
        {
            ArgumentNullException.ThrowIfNull(source);
            Span<byte> target = segment.Slice(offset, length);
            for (int filled = 0; filled < length;)
            {
                int count = source.Read(target[filled..]);
                if (count == 0)
                {
                    ThrowEnded(filled, length);
                }

                filled += count;
            }
        }

        /// <inheritdoc cref="CopyFrom(MemorySegment, int, Stream, int)"/>
        public async ValueTask CopyFromAsync(
            int offset, Stream source, int length, CancellationToken cancellationToken = default)
        {
            ArgumentNullException.ThrowIfNull(source);
            Memory<byte> target = segment.MemoryOf(offset, length);
            for (int filled = 0; filled < length;)
            {
                int count = await source.ReadAsync(target[filled..], cancellationToken).ConfigureAwait(false);
                if (count == 0)
                {
                    ThrowEnded(filled, length);
                }

                filled += count;
            }
        }

        /// <summary>Writes <paramref name="length"/> bytes from <paramref name="offset"/> on to the stream.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The range is not all inside the segment.</exception>
        public void CopyTo(int offset, Stream target, int length)
        {
            ArgumentNullException.ThrowIfNull(target);
            target.Write(segment.Slice(offset, length));
        }

        /// <inheritdoc cref="CopyTo(MemorySegment, int, Stream, int)"/>
        public ValueTask CopyToAsync(
            int offset, Stream target, int length, CancellationToken cancellationToken = default)
        {
            ArgumentNullException.ThrowIfNull(target);
            return target.WriteAsync(segment.MemoryOf(offset, length), cancellationToken);
        }

        private Memory<byte> MemoryOf(int offset, int length)
        {
            // The segment's own check comes first, for its message and for one that is freed.
            length = segment.Slice(offset, length).Length;
            return segment.Memory.Slice(offset, length);
        }
    }

    [DoesNotReturn]
    private static void ThrowEnded(int count, int length) =>
        throw new EndOfStreamException($"The stream ended after {count} of the {length} bytes to be copied.");
}
