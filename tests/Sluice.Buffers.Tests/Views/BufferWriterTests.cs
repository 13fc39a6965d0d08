using System.Buffers;
using System.Text.Json;

namespace Sluice.Buffers.Tests;

/// <summary>Pages as the memory of code that knows only <see cref="IBufferWriter{T}"/> and sequences.</summary>
public sealed class BufferWriterTests
{
    public static TheoryData<int> PageSizes => [.. Enumerable.Range(1, 17)];

    [Theory]
    [MemberData(nameof(PageSizes))]
    public void Random_pieces_lie_one_behind_the_other_however_much_was_asked_for(int pageSize)
    {
        var random = new Random(pageSize);
        using Pages pages = Pages.ForBytes(2000, pageSize);
        var output = new SegmentOutputView(pages.Segments);
        var model = new List<byte>();
        while (model.Count < 1000)
        {
            int hint = random.Next(40);
            bool asMemory = random.Next(2) == 0;
            Span<byte> lent = asMemory ? output.GetMemory(hint).Span : output.GetSpan(hint);
            Assert.True(lent.Length >= Math.Max(1, hint));
            byte[] bytes = new byte[random.Next(Math.Min(lent.Length, 40) + 1)];
            random.NextBytes(bytes);
            bytes.CopyTo(lent);

            output.Advance(bytes.Length);

            model.AddRange(bytes);
            Assert.Equal(model.Count, output.Position);
            output.WriteInt16BigEndian(0x0102);
            model.AddRange([1, 2]);
        }

        Assert.Equal(model, pages.ToArray()[..model.Count]);
        Assert.Equal(model, output.Pages.AsSequence(0, output.Position).ToArray());
        Assert.All(pages.ToArray()[(model.Count + pageSize)..], written => Assert.Equal(Pages.Untouched, written));
    }

    [Fact]
    public void A_serializer_writes_pages_and_a_parser_reads_them()
    {
        using var pages = new Pages(40, 11);
        var output = new SegmentOutputView(pages.Segments);
        using (var writer = new Utf8JsonWriter(output))
        {
            JsonSerializer.Serialize(writer, new[] { "water", "\u6C34", new string('x', 50) });
        }

        var reader = new Utf8JsonReader(output.Pages.AsSequence(0, output.Position));

        Assert.Equal(["water", "\u6C34", new string('x', 50)], JsonSerializer.Deserialize<string[]>(ref reader)!);
    }

    [Fact]
    public void What_is_lent_goes_back_once_and_no_more_than_was_lent()
    {
        using var pages = new Pages(3, 8);
        var output = new SegmentOutputView(pages.Segments);

        Assert.Throws<ArgumentOutOfRangeException>(() => output.Advance(1));
        int lent = output.GetSpan(5).Length;
        Assert.Throws<ArgumentOutOfRangeException>(() => output.Advance(lent + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => output.Advance(-1));
        output.WriteByte(1);
        Assert.Throws<InvalidOperationException>(() => output.Advance(1));
        _ = output.GetSpan(5);
        output.Advance(5);
        Assert.Throws<ArgumentOutOfRangeException>(() => output.Advance(1));

        Assert.Equal(6, output.Position);
        Assert.Throws<EndOfStreamException>(() => output.GetSpan(19).Length);
        Assert.Throws<EndOfStreamException>(() => output.GetMemory(int.MaxValue).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => output.GetSpan(-1).Length);
        Assert.Equal(18, output.GetSpan(18).Length);
        output.Advance(18);
        Assert.Throws<EndOfStreamException>(() => output.GetSpan().Length);
        Assert.Equal(24, output.Position);
    }

    [Theory]
    [MemberData(nameof(PageSizes))]
    public void Every_range_of_pages_is_seen_as_a_sequence(int pageSize)
    {
        byte[] bytes = [.. Enumerable.Range(1, 40).Select(number => (byte)number)];
        using Pages pages = Pages.ForBytes(bytes.Length, pageSize);
        new SegmentOutputView(pages.Segments).Write(bytes);
        for (int offset = 0; offset <= bytes.Length; offset++)
        {
            for (int length = 0; offset + length <= bytes.Length; length++)
            {
                ReadOnlySequence<byte> sequence = pages.Segments.AsSequence(offset, length);

                Assert.Equal(length, sequence.Length);
                Assert.Equal(bytes[offset..(offset + length)], sequence.ToArray());
            }
        }
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, -1)]
    [InlineData(0, 9)]
    [InlineData(9, 0)]
    [InlineData(long.MaxValue, long.MaxValue)]
    public void A_sequence_outside_the_pages_is_refused(long offset, long length)
    {
        using var pages = new Pages(2, 4);

        Assert.Throws<ArgumentOutOfRangeException>(() => pages.Segments.AsSequence(offset, length));
    }

    [Fact]
    public void A_sequence_of_freed_pages_throws()
    {
        var pages = new Pages(2, 4);
        ReadOnlySequence<byte> sequence = pages.Segments.AsSequence(1, 6);

        pages.Dispose();

        Assert.Throws<ObjectDisposedException>(() => sequence.ToArray());
    }
}
