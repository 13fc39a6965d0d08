namespace Sluice.Buffers.Tests;

/// <summary>Every operation at every distance from a page's end, against the bytes of a naive encoder.</summary>
public sealed class ViewAlignmentTests
{
    private static readonly byte[] s_prefix = [.. Enumerable.Range(100, 60).Select(number => (byte)number)];

    public static TheoryData<int> PageSizes => [.. Enumerable.Range(1, 17)];

    [Theory]
    [MemberData(nameof(PageSizes))]
    public void Every_value_is_written_and_read_back_at_every_alignment(int pageSize)
    {
        ForEachPlace(pageSize, (operation, offset) =>
        {
            byte[] expected = [.. s_prefix[..offset], .. operation.Bytes, 0x77];
            using Pages pages = Pages.ForBytes(expected.Length, pageSize);
            var output = new SegmentOutputView(pages.Segments);

            output.Write(s_prefix.AsSpan(0, offset));
            operation.Write(output);
            long end = output.Position;
            output.WriteByte(0x77);
            var input = new SegmentInputView(pages.Segments, offset, operation.Bytes.Length);
            object value = operation.Read(input);

            Assert.Equal(offset + operation.Bytes.Length, end);
            Assert.Equal(expected, pages.ToArray()[..expected.Length]);
            Assert.Equal(operation.Value, value);
            Assert.Equal(0, input.Remaining);
        });
    }

    [Fact]
    public void A_write_that_does_not_fit_writes_nothing_and_stays_where_it_was()
    {
        // With pages of one byte the memory can end inside any value at any place.
        foreach (ViewOperation operation in ViewOperation.All)
        {
            for (int room = 0; room < operation.Bytes.Length; room++)
            {
                using var pages = new Pages(3 + room, 1);
                var output = new SegmentOutputView(pages.Segments);
                output.Write(s_prefix.AsSpan(0, 3));

                Assert.Throws<EndOfStreamException>(() => operation.Write(output));
                Assert.Throws<EndOfStreamException>(() => operation.Write(output));

                Assert.Equal(3, output.Position);
                Assert.All(pages.ToArray()[3..], written => Assert.Equal(Pages.Untouched, written));
                output.Write(new byte[room]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(PageSizes))]
    public void A_read_that_lacks_bytes_fails_each_time_and_stays_where_it_was(int pageSize)
    {
        ForEachPlace(pageSize, (operation, offset) =>
        {
            byte[] bytes = [.. s_prefix[..offset], .. operation.Bytes];
            using Pages pages = Pages.ForBytes(Math.Max(1, bytes.Length), pageSize);
            new SegmentOutputView(pages.Segments).Write(bytes);
            for (int length = 0; length < operation.Bytes.Length; length++)
            {
                var input = new SegmentInputView(pages.Segments, offset, length);

                Assert.Throws<EndOfStreamException>(() => operation.Read(input));
                Assert.Throws<EndOfStreamException>(() => operation.Read(input));

                Assert.Equal((0, length), (input.Position, input.Remaining));
                byte[] rest = new byte[length];
                Assert.Equal(length, input.Read(rest));
                Assert.Equal(operation.Bytes[..length], rest);
            }
        });
    }

    [Theory]
    [MemberData(nameof(PageSizes))]
    public void Bytes_are_copied_from_view_to_view_at_every_alignment(int pageSize)
    {
        for (int from = 0; from <= pageSize; from++)
        {
            for (int to = 0; to <= pageSize; to++)
            {
                for (int length = 0; length <= (2 * pageSize) + 1; length++)
                {
                    using Pages source = Pages.ForBytes(s_prefix.Length, 7);
                    new SegmentOutputView(source.Segments).Write(s_prefix);
                    using Pages target = Pages.ForBytes(to + length + 1, pageSize);
                    var output = new SegmentOutputView(target.Segments);
                    output.Skip(to);
                    var input = new SegmentInputView(source.Segments, 0, Math.Min(from + length, s_prefix.Length));
                    input.Skip(Math.Min(from, input.Length));
                    int copied = (int)input.Remaining;

                    output.Write(input, copied);

                    Assert.Equal(0, input.Remaining);
                    Assert.Equal(to + copied, output.Position);
                    Assert.Equal(s_prefix[from..(from + copied)], target.ToArray()[to..(to + copied)]);
                    Assert.All(target.ToArray()[..to], skipped => Assert.Equal(Pages.Untouched, skipped));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(PageSizes))]
    public void Positions_saved_anywhere_can_be_returned_to(int pageSize)
    {
        using Pages pages = Pages.ForBytes(s_prefix.Length, pageSize);
        var output = new SegmentOutputView(pages.Segments);
        var input = new SegmentInputView(pages.Segments, 0, s_prefix.Length);
        for (int position = s_prefix.Length - 1; position >= 0; position--)
        {
            output.Position = position;
            Assert.Equal(position, output.Position);
            output.WriteByte(s_prefix[position]);
        }

        for (int position = 0; position < s_prefix.Length; position++)
        {
            input.Position = position;
            Assert.Equal(position, input.Position);
            Assert.Equal(s_prefix[position], input.Peek()[0]);
            Assert.Equal(s_prefix[position], input.ReadByte());
        }

        Assert.Equal(0, input.Peek().Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => input.Position = s_prefix.Length + 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => input.Position = -1);
        Assert.Throws<ArgumentOutOfRangeException>(() => output.Position = output.Capacity + 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => output.Position = -1);
    }

    private static void ForEachPlace(int pageSize, Action<ViewOperation, int> check)
    {
        foreach (ViewOperation operation in ViewOperation.All)
        {
            for (int offset = 0; offset <= pageSize + 1; offset++)
            {
                check(operation, offset);
            }
        }
    }
}
