namespace Sluice.Buffers.Tests;

/// <summary>Every operation of an output view over pages and streams, against a list of bytes.</summary>
public sealed class OutputViewTests
{
    public static TheoryData<int> PageSizes => [.. Enumerable.Range(1, 17)];

    public static TheoryData<InputKind, int> KindsAndSizes => OpenedInput.KindsAndSizes;

    [Theory]
    [MemberData(nameof(PageSizes))]
    public void Random_writes_skips_and_returns_do_what_they_do_to_an_array(int pageSize)
    {
        for (int seed = 0; seed < 10; seed++)
        {
            using Pages pages = Pages.ForBytes(600, pageSize);
            using var stream = new MemoryStream();
            stream.Write([1, 2, 3]);
            var overPages = new SegmentOutputView(pages.Segments);
            var overStream = new StreamOutputView(stream);

            byte[] model = WriteRandomly(new Random(seed), overPages, Pages.Untouched);
            byte[] streamModel = WriteRandomly(new Random(seed), overStream, 0);

            Assert.Equal(model, pages.ToArray()[..model.Length]);
            Assert.All(pages.ToArray()[model.Length..], written => Assert.Equal(Pages.Untouched, written));
            Assert.Equal([1, 2, 3, .. streamModel], stream.ToArray());
        }
    }

    [Fact]
    public void A_stream_that_cannot_seek_gets_the_same_bytes_and_zeros_for_what_is_skipped()
    {
        using var written = new MemoryStream();
        using var pipe = new ForwardOnlyStream(written);
        var view = new StreamOutputView(pipe);
        var model = new List<byte>();
        foreach (ViewOperation operation in ViewOperation.All)
        {
            operation.Write(view);
            view.Skip(model.Count);
            model.AddRange([.. operation.Bytes, .. new byte[model.Count]]);
            if (model.Count > 5000)
            {
                break;
            }
        }

        Assert.Equal(model, written.ToArray());
        Assert.Equal(model.Count, view.Position);
        Assert.Throws<NotSupportedException>(() => view.Position = 0);
        view.Position = model.Count;
    }

    [Fact]
    public void A_copy_from_a_stream_that_is_cut_meanwhile_ends_with_an_error()
    {
        using Pages pages = Pages.ForBytes(20, 4);
        using var written = new MemoryStream();
        IDataOutputView[] outputs = [new SegmentOutputView(pages.Segments), new StreamOutputView(written)];

        Assert.All(outputs, output =>
        {
            using var cut = new CutStream([1, 2, 3, 4, 5, 6], 10);

            Assert.Throws<EndOfStreamException>(() => output.Write(new StreamInputView(cut), 10));
            Assert.Equal(6, output.Position);
        });
    }

    [Theory]
    [MemberData(nameof(KindsAndSizes))]
    public void Bytes_are_copied_from_every_kind_of_view(InputKind kind, int size)
    {
        byte[] bytes = [.. Enumerable.Range(1, 50).Select(number => (byte)number)];
        using var input = new OpenedInput(kind, bytes, size);
        using Pages pages = Pages.ForBytes(50, 7);
        using var stream = new MemoryStream();
        var overPages = new SegmentOutputView(pages.Segments);
        var overStream = new StreamOutputView(stream);

        overPages.Write(input.View, 21);
        overStream.Write(input.View, 22);

        Assert.Equal(bytes[..21], pages.ToArray()[..21]);
        Assert.Equal(bytes[21..43], stream.ToArray());
        Assert.Throws<EndOfStreamException>(() => overPages.Write(input.View, 8));
        Assert.Throws<EndOfStreamException>(() => overStream.Write(input.View, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => overStream.Write(input.View, -1));
        Assert.Equal((43, 21, 22), (input.View.Position, overPages.Position, overStream.Position));
        overPages.Write(input.View, 7);
        Assert.Equal(bytes[43..], pages.ToArray()[21..28]);
    }

    [Fact]
    public void A_copy_without_room_takes_nothing_from_its_source()
    {
        using var pages = new Pages(3, 3);
        using var input = new OpenedInput(InputKind.NetworkStream, new byte[20], 4);
        var output = new SegmentOutputView(pages.Segments);

        Assert.Throws<EndOfStreamException>(() => output.Write(input.View, 10));

        Assert.Equal((0, 0), (input.View.Position, output.Position));
        output.Write(input.View, 9);
    }

    [Fact]
    public void A_stream_that_refuses_a_value_is_set_back_to_where_it_began()
    {
        using var stream = new FullStream(6);
        var view = new StreamOutputView(stream);
        view.WriteInt32(1);

        Assert.Throws<IOException>(() => view.WriteInt32(2));

        Assert.Equal((4, 4), (view.Position, stream.Position));
        view.WriteInt16(3);
        Assert.Equal([1, 0, 0, 0, 3, 0], stream.ToArray());
    }

    [Fact]
    public void Only_streams_that_can_be_written_are_written() =>
        Assert.Throws<ArgumentException>(() => new StreamOutputView(new MemoryStream([], writable: false)));

    [Fact]
    public void Skip_refuses_what_is_negative_or_has_no_room()
    {
        using var pages = new Pages(2, 3);
        var overPages = new SegmentOutputView(pages.Segments);
        var overStream = new StreamOutputView(new MemoryStream());

        Assert.Throws<ArgumentOutOfRangeException>(() => overPages.Skip(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => overStream.Skip(-1));
        Assert.Throws<EndOfStreamException>(() => overPages.Skip(7));
        Assert.Throws<EndOfStreamException>(() => overPages.Skip(long.MaxValue));

        Assert.Equal((0, 0), (overPages.Position, overStream.Position));
    }

    /// <summary>Writes, skips and goes back at random, and to the end at last.</summary>
    private static byte[] WriteRandomly(Random random, IDataOutputView view, byte skipped)
    {
        var model = new List<byte>();
        int position = 0;
        while (model.Count < 400)
        {
            ViewOperation operation = ViewOperation.All[random.Next(ViewOperation.All.Count)];
            byte[] bytes = operation.Bytes;
            switch (random.Next(4))
            {
                case 0:
                    int length = random.Next(20);
                    view.Skip(length);
                    bytes =
                        [.. Enumerable.Range(position, length).Select(at => at < model.Count ? model[at] : skipped)];
                    break;
                case 1:
                    position = random.Next(model.Count + 1);
                    view.Position = position;
                    bytes = [];
                    break;
                default:
                    operation.Write(view);
                    break;
            }

            model.AddRange(Enumerable.Repeat(skipped, Math.Max(0, position + bytes.Length - model.Count)));
            bytes.CopyTo(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(model)[position..]);
            position += bytes.Length;
            Assert.Equal(position, view.Position);
        }

        return [.. model];
    }

    /// <summary>A disk that is full after so many bytes, in the middle of a write.</summary>
    private sealed class FullStream(int size) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            int fits = Math.Min(buffer.Length, size - (int)Position);
            base.Write(buffer[..fits]);
            if (fits < buffer.Length)
            {
                throw new IOException("No space left on device.");
            }
        }
    }

    /// <summary>A file that was longer a moment ago.</summary>
    private sealed class CutStream(byte[] left, long before) : MemoryStream(left)
    {
        public override long Length => before;
    }
}
