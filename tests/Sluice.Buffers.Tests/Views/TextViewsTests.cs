using System.Text;

namespace Sluice.Buffers.Tests;

public sealed class TextViewsTests
{
    public static TheoryData<InputKind, int> KindsAndSizes => OpenedInput.KindsAndSizes;

    [Theory]
    [MemberData(nameof(KindsAndSizes))]
    public void Lines_are_what_lies_between_line_feeds(InputKind kind, int size)
    {
        var random = new Random(size);
        for (int round = 0; round < 30; round++)
        {
            // Few different characters, so that empty lines, and carriage returns in every place, are frequent.
            string text = new(random.GetItems<char>("a\u6C34\r\n\n", random.Next(40)));
            string[] lines = text.Split('\n');
            using var input = new OpenedInput(kind, Encoding.UTF8.GetBytes(text), size);

            for (int i = 0; i < lines.Length - 1; i++)
            {
                Assert.True(input.View.TryReadLine(out string? line));
                Assert.Equal(lines[i].EndsWith('\r') ? lines[i][..^1] : lines[i], line);
            }

            Assert.Equal(lines[^1].Length > 0, input.View.TryReadLine(out string? last));
            Assert.Equal(lines[^1].Length > 0 ? lines[^1] : null, last);
            Assert.False(input.View.TryReadLine(out _));
        }
    }

    [Theory]
    [InlineData(InputKind.Pages)]
    [InlineData(InputKind.Sequence)]
    [InlineData(InputKind.NetworkStream)]
    public void A_line_may_be_longer_than_any_piece(InputKind kind)
    {
        string first = new('x', 5000);
        string second = new('y', 3000);
        using var input = new OpenedInput(kind, Encoding.UTF8.GetBytes($"{first}\r\n{second}"), 13);

        Assert.True(input.View.TryReadLine(out string? line));
        Assert.True(input.View.TryReadLine(out string? last));

        Assert.Equal((first, second), (line, last));
        Assert.False(input.View.Has(1));
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused_and_nothing_written()
    {
        // Not arguments of the test: attributes are stored as UTF-8 and would already be repaired.
        foreach (string text in new[] { "\uD800", "ab\uDC00c", "\uDCA7\uD83D" })
        {
            using var pages = new Pages(10, 4);
            var output = new SegmentOutputView(pages.Segments);
            output.WriteByte(Pages.Untouched);
            using var stream = new MemoryStream();

            Assert.Throws<EncoderFallbackException>(() => output.WriteString(text));
            Assert.Throws<EncoderFallbackException>(() => new StreamOutputView(stream).WriteString(text));

            Assert.Equal((1, 0), (output.Position, stream.Length));
            Assert.All(pages.ToArray(), written => Assert.Equal(Pages.Untouched, written));
        }
    }

    [Theory]
    [InlineData(new byte[] { 2, 0xC0, 0x80 })]
    [InlineData(new byte[] { 3, 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 2, 0xE2, 0x82, 0xAC })]
    [InlineData(new byte[] { 4, (byte)'a', 0xFF, (byte)'b', (byte)'c' })]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x10 })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x0F })]
    public void Bytes_that_are_no_string_are_refused_and_not_taken(byte[] bytes)
    {
        foreach (InputKind kind in Enum.GetValues<InputKind>())
        {
            for (int size = 1; size <= 6; size++)
            {
                using var input = new OpenedInput(kind, [7, 7, .. bytes], size);
                input.View.Skip(2);

                Assert.Throws<InvalidDataException>(() => input.View.ReadString());
                Assert.Throws<InvalidDataException>(() => input.View.ReadString());

                Assert.Equal(2, input.View.Position);
                byte[] rest = new byte[bytes.Length];
                input.View.ReadExactly(rest);
                Assert.Equal(bytes, rest);
            }
        }
    }

    [Fact]
    public void A_line_that_is_no_text_is_refused_and_not_taken()
    {
        foreach (InputKind kind in Enum.GetValues<InputKind>())
        {
            using var input = new OpenedInput(kind, [(byte)'a', 0xFF, (byte)'\n'], 2);

            Assert.Throws<InvalidDataException>(() => input.View.TryReadLine(out _));

            Assert.Equal(0, input.View.Position);
        }
    }

    [Fact]
    public void A_length_that_lies_costs_no_memory()
    {
        foreach (InputKind kind in Enum.GetValues<InputKind>())
        {
            // It claims 2 147 483 000 bytes and has three.
            byte[] bytes = [.. ViewOperation.EncodeVariable(2_147_483_000), 1, 2, 3];
            using var input = new OpenedInput(kind, bytes, 4);
            long before = GC.GetAllocatedBytesForCurrentThread();

            Assert.Throws<EndOfStreamException>(() => input.View.ReadString());

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
            Assert.Equal(0, input.View.Position);
        }
    }

    [Fact]
    public void A_long_string_that_lacks_room_writes_nothing()
    {
        using var pages = new Pages(1, 1000);
        var output = new SegmentOutputView(pages.Segments);

        Assert.Throws<EndOfStreamException>(() => output.WriteString(new string('x', 999)));

        Assert.Equal(0, output.Position);
        Assert.All(pages.ToArray(), written => Assert.Equal(Pages.Untouched, written));
        output.WriteString(new string('x', 998));
    }
}
