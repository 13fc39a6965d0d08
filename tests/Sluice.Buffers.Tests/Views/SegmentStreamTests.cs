namespace Sluice.Buffers.Tests;

public sealed class SegmentStreamTests
{
    private static readonly byte[] s_bytes = [.. Enumerable.Range(0, 1000).Select(number => (byte)(number * 7))];

    [Fact]
    public async Task Streams_carry_bytes_into_pages_and_out_again()
    {
        using Pages pages = Pages.ForBytes(s_bytes.Length, 33);
        var view = new SegmentOutputView(pages.Segments);
        await using var output = new SegmentOutputStream(view);
        await output.WriteAsync(s_bytes.AsMemory(0, 500));
        output.Write(s_bytes, 500, 499);
        output.WriteByte(s_bytes[999]);

        await using var input = new SegmentInputStream(new SegmentInputView(pages.Segments, 0, view.Position));
        using var copy = new MemoryStream();
        input.CopyTo(copy);
        input.Position = 0;
        using var asynchronous = new MemoryStream();
        await input.CopyToAsync(asynchronous).WaitAsync(Deadline.Time);

        Assert.Equal(s_bytes, copy.ToArray());
        Assert.Equal(s_bytes, asynchronous.ToArray());
        Assert.Equal(-1, input.ReadByte());
    }

    [Theory]
    [InlineData(10, SeekOrigin.Begin, 10)]
    [InlineData(-10, SeekOrigin.End, 990)]
    [InlineData(-3, SeekOrigin.Current, 97)]
    public void Seek_goes_where_it_says(long offset, SeekOrigin origin, int expected)
    {
        using Pages pages = Pages.ForBytes(s_bytes.Length, 8);
        new SegmentOutputView(pages.Segments).Write(s_bytes);
        using var stream = new SegmentInputStream(new SegmentInputView(pages.Segments, 0, s_bytes.Length));
        stream.Position = 100;

        Assert.Equal(expected, stream.Seek(offset, origin));
        Assert.Equal(s_bytes[expected], stream.ReadByte());
    }

    [Fact]
    public void A_write_behind_the_pages_fails()
    {
        using var pages = new Pages(1, 4);
        using var stream = new SegmentOutputStream(new SegmentOutputView(pages.Segments));

        Assert.Throws<EndOfStreamException>(() => stream.Write(new byte[5]));
        Assert.Equal(0, stream.Position);
    }
}
