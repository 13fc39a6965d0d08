namespace Sluice.Buffers.Tests;

/// <summary>What Flink's views get wrong, over everything a view can lie over.</summary>
public sealed class ViewPeerDefectTests
{
    public static TheoryData<InputKind> Kinds => [.. Enum.GetValues<InputKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_empty_line_is_not_the_end(InputKind kind)
    {
        using var input = new OpenedInput(kind, "\n\r\nwater\n\n"u8.ToArray(), 3);
        var lines = new List<string>();
        while (input.View.TryReadLine(out string? line))
        {
            lines.Add(line);
        }

        Assert.Equal(["", "", "water", ""], lines);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_byte_but_zero_is_true(InputKind kind)
    {
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];
        using var input = new OpenedInput(kind, bytes, 5);

        bool[] read = [.. bytes.Select(_ => input.View.ReadBoolean())];

        Assert.Equal(bytes.Select(value => value != 0), read);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_position_does_not_drift_when_the_end_is_met(InputKind kind)
    {
        using var input = new OpenedInput(kind, [1, 2, 3, 4, 5], 2);
        input.View.Skip(2);

        for (int attempt = 0; attempt < 10; attempt++)
        {
            Assert.Throws<EndOfStreamException>(() => input.View.ReadInt64());
            Assert.Throws<EndOfStreamException>(() => input.View.ReadInt32BigEndian());
            Assert.Throws<EndOfStreamException>(() => input.View.ReadInt128());
            Assert.Throws<EndOfStreamException>(() => input.View.ReadExactly(new byte[4]));
            Assert.Throws<EndOfStreamException>(() => input.View.Skip(4));
            Assert.Throws<EndOfStreamException>(() => input.View.ReadString());
            Assert.Equal(2, input.View.Position);
        }

        Assert.Equal(0x0403, input.View.ReadInt16());
        Assert.Equal(5, input.View.ReadByte());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_stream_over_a_view_ends_as_often_as_it_is_asked(InputKind kind)
    {
        using var input = new OpenedInput(kind, [1, 2, 3], 2);
        using var stream = new SegmentInputStream(input.View);

        Assert.Throws<EndOfStreamException>(() => input.View.ReadInt32());
        Assert.Equal(3, stream.ReadAtLeast(new byte[5], 5, throwOnEndOfStream: false));
        for (int attempt = 0; attempt < 3; attempt++)
        {
            Assert.Equal(-1, stream.ReadByte());
            Assert.Equal(0, stream.Read(new byte[1]));
            Assert.Equal(3, input.View.Position);
        }
    }
}
