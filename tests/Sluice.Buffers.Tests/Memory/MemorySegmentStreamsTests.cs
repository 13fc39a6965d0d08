namespace Sluice.Buffers.Tests;

public sealed class MemorySegmentStreamsTests : IDisposable
{
    private const byte Untouched = 0xA5;

    private static readonly byte[] s_bytes = [.. Enumerable.Range(1, 40).Select(number => (byte)number)];

    private readonly MemorySlab _slab = new(1, 16);

    public MemorySegmentStreamsTests() => Segment.Span.Fill(Untouched);

    private MemorySegment Segment => _slab.Segments[0];

    public void Dispose() => _slab.Dispose();

    [Theory]
    [InlineData(1, false)]
    [InlineData(3, false)]
    [InlineData(100, false)]
    [InlineData(1, true)]
    [InlineData(3, true)]
    [InlineData(100, true)]
    public async Task CopyFrom_takes_exactly_what_was_asked_for_in_however_many_pieces(int piece, bool asynchronous)
    {
        for (int offset = 0; offset <= 16; offset++)
        {
            for (int length = 0; offset + length <= 16; length++)
            {
                Segment.Span.Fill(Untouched);
                using var source = new PiecemealStream(s_bytes, piece);

                await CopyFrom(offset, source, length, asynchronous);

                Assert.Equal(length, source.Taken);
                Assert.Equal(Model(offset, length), Segment.Span.ToArray());
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CopyFrom_says_how_far_it_came_when_the_stream_ends(bool asynchronous)
    {
        using var source = new PiecemealStream(s_bytes[..5], 2);

        EndOfStreamException ended = await Assert.ThrowsAsync<EndOfStreamException>(
            () => CopyFrom(3, source, 9, asynchronous));

        Assert.Contains("5 of the 9", ended.Message, StringComparison.Ordinal);
        Assert.Equal(Model(3, 5), Segment.Span.ToArray());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_range_outside_the_segment_touches_no_stream(bool asynchronous)
    {
        foreach ((int offset, int length) in new[] { (-1, 1), (9, 8), (16, 1), (int.MaxValue, int.MaxValue), (0, -1) })
        {
            using var source = new PiecemealStream(s_bytes, 100);
            using var target = new MemoryStream();

            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => CopyFrom(offset, source, length, asynchronous));
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => CopyTo(offset, target, length, asynchronous));

            Assert.Equal((0, 0), (source.Taken, target.Length));
        }

        Assert.Equal(Model(0, 0), Segment.Span.ToArray());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CopyTo_writes_exactly_what_was_asked_for(bool asynchronous)
    {
        Segment.CopyFrom(0, s_bytes.AsSpan(0, 16));
        for (int offset = 0; offset <= 16; offset++)
        {
            for (int length = 0; offset + length <= 16; length++)
            {
                using var target = new MemoryStream();

                await CopyTo(offset, target, length, asynchronous);

                Assert.Equal(s_bytes[offset..(offset + length)], target.ToArray());
            }
        }
    }

    private static byte[] Model(int offset, int length)
    {
        byte[] model = [.. Enumerable.Repeat(Untouched, 16)];
        s_bytes.AsSpan(0, length).CopyTo(model.AsSpan(offset));
        return model;
    }

    private async Task CopyFrom(int offset, Stream source, int length, bool asynchronous)
    {
        if (asynchronous)
        {
            await Segment.CopyFromAsync(offset, source, length).AsTask().WaitAsync(Deadline.Time);
            return;
        }

        Segment.CopyFrom(offset, source, length);
    }

    private async Task CopyTo(int offset, Stream target, int length, bool asynchronous)
    {
        if (asynchronous)
        {
            await Segment.CopyToAsync(offset, target, length).AsTask().WaitAsync(Deadline.Time);
            return;
        }

        Segment.CopyTo(offset, target, length);
    }
}
