namespace Sluice.Buffers.Tests;

public sealed class ViewTests
{
    [Theory]
    [Seeded(1)]
    [Seeded(2)]
    [Seeded(3)]
    [Seeded(4)]
    public void Random_values_in_a_row_are_read_back_from_any_saved_position(int seed)
    {
        var random = new Random(seed);
        int pageSize = random.Next(1, 40);
        using Pages pages = Pages.ForBytes(8000, pageSize);
        var output = new SegmentOutputView(pages.Segments);
        var written = new List<(long Position, ViewOperation Operation)>();
        var model = new List<byte>();
        while (model.Count < 4000)
        {
            ViewOperation operation = ViewOperation.All[random.Next(ViewOperation.All.Count)];
            written.Add((output.Position, operation));
            operation.Write(output);
            model.AddRange(operation.Bytes);
        }

        var input = new SegmentInputView(pages.Segments, 0, output.Position);
        foreach ((long position, ViewOperation operation) in written)
        {
            Assert.Equal(position, input.Position);
            Assert.Equal(operation.Value, operation.Read(input));
        }

        foreach ((long position, ViewOperation operation) in written.OrderBy(_ => random.Next()))
        {
            input.Position = position;
            Assert.Equal(operation.Value, operation.Read(input));
        }

        Assert.Equal(model, pages.ToArray()[..model.Count]);
    }

    [Fact]
    public void Pages_are_asked_for_when_a_value_needs_them_and_not_before()
    {
        using var pages = new Pages(3, 4);
        int asked = 0;
        var output = new SegmentOutputView(() => asked < 3 ? pages.Segments[asked++] : null);
        int beforeFirst = asked;

        output.WriteInt32(1);
        int afterExactFit = asked;
        output.WriteInt64(2);
        int afterLong = asked;

        Assert.Equal((0, 1, 3), (beforeFirst, afterExactFit, afterLong));
        Assert.Throws<EndOfStreamException>(() => output.WriteByte(1));
        Assert.Equal(12, output.Position);
        Assert.Equal(pages.Segments, output.Pages);
    }

    [Fact]
    public void Any_byte_but_zero_is_true()
    {
        using var pages = new Pages(1, 2);
        var output = new SegmentOutputView(pages.Segments);
        output.WriteByte(2);
        output.WriteByte(0);
        var input = new SegmentInputView(pages.Segments, 0, 2);

        Assert.True(input.ReadBoolean());
        Assert.False(input.ReadBoolean());
    }

    [Fact]
    public void Read_returns_what_there_is()
    {
        using var pages = new Pages(3, 2);
        var input = new SegmentInputView(pages.Segments, 1, 4);

        Assert.Equal(0, input.Read([]));
        Assert.Equal(3, input.Read(new byte[3]));
        Assert.Equal(1, input.Read(new byte[3]));
        Assert.Equal(0, input.Read(new byte[3]));
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x10 })]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x80, 0x00 })]
    public void A_variable_number_of_more_than_32_bits_is_refused_and_stays_where_it_was(byte[] bytes)
    {
        for (int pageSize = 1; pageSize <= bytes.Length; pageSize++)
        {
            using Pages pages = Pages.ForBytes(bytes.Length, pageSize);
            new SegmentOutputView(pages.Segments).Write(bytes);
            var input = new SegmentInputView(pages.Segments, 0, bytes.Length);

            Assert.Throws<InvalidDataException>(() => input.ReadVarUInt32());

            Assert.Equal(0, input.Position);
        }
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02 })]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00 })]
    public void A_variable_number_of_more_than_64_bits_is_refused(byte[] bytes)
    {
        using Pages pages = Pages.ForBytes(bytes.Length, 16);
        new SegmentOutputView(pages.Segments).Write(bytes);
        var input = new SegmentInputView(pages.Segments, 0, bytes.Length);

        Assert.Throws<InvalidDataException>(() => input.ReadVarUInt64());
    }

    [Fact]
    public void A_copy_that_lacks_bytes_or_room_moves_neither_view()
    {
        using var source = new Pages(2, 4);
        using var target = new Pages(1, 4);
        var input = new SegmentInputView(source.Segments, 0, 8);
        var output = new SegmentOutputView(target.Segments);

        Assert.Throws<EndOfStreamException>(() => output.Write(input, 5));
        Assert.Throws<EndOfStreamException>(() => output.Write(input, 9));

        Assert.Equal((0, 0), (input.Position, output.Position));
    }

    [Fact]
    public void A_view_of_nothing_is_at_its_end()
    {
        var input = new SegmentInputView();
        var output = new SegmentOutputView([]);

        Assert.Equal((0, 0, 0), (input.Length, input.Remaining, input.Position));
        Assert.Throws<EndOfStreamException>(() => input.ReadByte());
        Assert.Equal(0, input.Read(new byte[1]));
        input.Skip(0);
        output.Write([]);
        Assert.Throws<EndOfStreamException>(() => output.WriteByte(1));
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, -1)]
    [InlineData(0, 9)]
    [InlineData(9, 0)]
    [InlineData(8, 1)]
    [InlineData(long.MaxValue, long.MaxValue)]
    public void A_range_outside_the_pages_is_refused(long offset, long length)
    {
        using var pages = new Pages(2, 4);

        Assert.Throws<ArgumentOutOfRangeException>(() => new SegmentInputView(pages.Segments, offset, length));
    }

    [Fact]
    public void Pages_of_different_sizes_are_refused()
    {
        using var small = new Pages(1, 4);
        using var large = new Pages(1, 8);

        Assert.Throws<ArgumentException>(() => new SegmentOutputView([small.Segments[0], large.Segments[0]]));
    }

    [Fact]
    public void Reset_serves_another_range()
    {
        using var pages = new Pages(4, 3);
        new SegmentOutputView(pages.Segments).Write("abcdefghijkl"u8);
        var input = new SegmentInputView(pages.Segments, 2, 3);
        byte[] bytes = new byte[3];
        input.ReadExactly(bytes);

        input.Reset(pages.Segments, 6, 6);
        byte[] next = new byte[6];
        input.ReadExactly(next);

        Assert.Equal("cde"u8, bytes);
        Assert.Equal("ghijkl"u8, next);
    }
}
