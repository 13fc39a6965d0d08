namespace Sluice.Buffers.Tests;

/// <summary>
/// Every operation of an input view over everything it can lie over, against an array and a position.
/// </summary>
public sealed class InputViewTests
{
    private static readonly byte[] s_prefix = [.. Enumerable.Range(100, 40).Select(number => (byte)number)];

    public static TheoryData<InputKind, int> KindsAndSizes => OpenedInput.KindsAndSizes;

    [Theory]
    [MemberData(nameof(KindsAndSizes))]
    public void Every_value_is_read_at_every_alignment(InputKind kind, int size)
    {
        foreach (ViewOperation operation in ViewOperation.All)
        {
            for (int offset = 0; offset <= size; offset++)
            {
                using var input = new OpenedInput(kind, [.. s_prefix[..offset], .. operation.Bytes], size);
                input.View.Skip(offset);

                object value = operation.Read(input.View);

                Assert.Equal(operation.Value, value);
                Assert.Equal(offset + operation.Bytes.Length, input.View.Position);
                Assert.False(input.View.Has(1));
            }
        }
    }

    [Theory]
    [MemberData(nameof(KindsAndSizes))]
    public void A_read_that_lacks_bytes_fails_each_time_and_takes_nothing(InputKind kind, int size)
    {
        int[] offsets = [0, size - 1, size];
        foreach (ViewOperation operation in ViewOperation.All)
        {
            for (int length = 0; length < Math.Min(operation.Bytes.Length, 20); length++)
            {
                int offset = offsets[length % offsets.Length];
                using var input = new OpenedInput(
                    kind, [.. s_prefix[..offset], .. operation.Bytes[..length]], size);
                input.View.Skip(offset);

                Assert.Throws<EndOfStreamException>(() => operation.Read(input.View));
                Assert.Throws<EndOfStreamException>(() => operation.Read(input.View));

                Assert.Equal(offset, input.View.Position);
                byte[] rest = new byte[length + 1];
                Assert.Equal(length, input.View.Read(rest));
                Assert.Equal(operation.Bytes[..length], rest[..length]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(KindsAndSizes))]
    public void Random_operations_do_what_they_do_to_an_array(InputKind kind, int size)
    {
        var random = new Random(size);
        byte[] model = new byte[100];
        random.NextBytes(model);
        for (int round = 0; round < 10; round++)
        {
            using var input = new OpenedInput(kind, model, size);
            int position = 0;
            for (int step = 0; step < 60; step++)
            {
                position = StepOf(random, input.View, model, position);

                Assert.Equal(position, input.View.Position);
                Assert.Equal(position < model.Length, input.View.Has(1));
            }
        }
    }

    [Theory]
    [MemberData(nameof(KindsAndSizes))]
    public void A_position_outside_the_view_is_refused(InputKind kind, int size)
    {
        using var input = new OpenedInput(kind, new byte[20], size);
        input.View.Skip(5);

        Assert.Throws<ArgumentOutOfRangeException>(() => input.View.Position = -1);
        Assert.Throws<ArgumentOutOfRangeException>(() => input.View.Skip(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => input.View.Has(-1));
        Assert.Throws<EndOfStreamException>(() => input.View.Skip(long.MaxValue));
        Assert.ThrowsAny<Exception>(() => input.View.Position = 21);

        Assert.Equal(5, input.View.Position);
        Assert.True(input.View.Has(15));
        Assert.False(input.View.Has(long.MaxValue));
    }

    [Fact]
    public void A_stream_that_cannot_seek_has_no_length_and_returns_to_what_is_still_held()
    {
        using var stream = new PiecemealStream([1, 2, 3, 4, 5, 6, 7, 8], 3);
        var view = new StreamInputView(stream, 4);
        view.Skip(2);
        view.Position = 0;
        byte first = view.ReadByte();
        view.ReadExactly(new byte[6]);

        Assert.Equal(1, first);
        Assert.False(view.CanSeek);
        Assert.Throws<NotSupportedException>(() => view.Length);
        Assert.Throws<NotSupportedException>(() => view.Remaining);
        Assert.Throws<NotSupportedException>(() => view.Position = 0);
        Assert.Equal(8, view.ReadByte());
    }

    [Fact]
    public void A_stream_that_grows_is_read_on()
    {
        using var stream = new MemoryStream();
        var view = new StreamInputView(stream);
        stream.Write([1, 2]);
        stream.Position = 0;

        Assert.Throws<EndOfStreamException>(() => view.ReadInt32());
        stream.Write([3, 4]);
        stream.Position = 2;

        Assert.Equal(0x04030201, view.ReadInt32());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(16)]
    public void A_read_that_the_stream_refuses_takes_nothing(int bufferSize)
    {
        using var stream = new RefusingStream([1, 2, 3, 4, 5, 6, 7, 8, 9], refuseAt: 6);
        var view = new StreamInputView(stream, bufferSize);
        view.Skip(1);
        byte[] target = new byte[7];

        Assert.Throws<IOException>(() => view.ReadExactly(target));
        Assert.Equal(1, view.Position);
        Assert.Throws<IOException>(() => view.Read(target));
        Assert.Equal(1, view.Position);
        stream.Refuses = false;

        view.ReadExactly(target);
        Assert.Equal([2, 3, 4, 5, 6, 7, 8], target);
        Assert.Equal(9, view.ReadByte());
    }

    [Fact]
    public void Only_streams_that_can_be_read_are_read() =>
        Assert.Throws<ArgumentException>(() => new StreamInputView(new SegmentOutputStream(new SegmentOutputView([]))));

    [Fact]
    public void Reset_serves_another_sequence()
    {
        var view = new SequenceInputView(new([1, 2, 3]));
        view.Skip(2);

        view.Reset(new([7, 8]));

        Assert.Equal((0, 2, 2), (view.Position, view.Length, view.Remaining));
        Assert.Equal(0x0807, view.ReadInt16());
    }

    private static int StepOf(Random random, IDataInputView view, byte[] model, int position)
    {
        int length = random.Next(random.Next(2) == 0 ? 8 : 50);
        int there = Math.Min(length, model.Length - position);
        byte[] target = new byte[length];
        switch (random.Next(7))
        {
            case 0:
                Assert.Equal(there, view.Read(target));
                Assert.Equal(model[position..(position + there)], target[..there]);
                return position + there;
            case 1 when there < length:
                Assert.Throws<EndOfStreamException>(() => view.ReadExactly(target));
                return position;
            case 1:
                view.ReadExactly(target);
                Assert.Equal(model[position..(position + length)], target);
                return position + length;
            case 2 when there < length:
                Assert.Throws<EndOfStreamException>(() => view.Skip(length));
                return position;
            case 2:
                view.Skip(length);
                return position + length;
            case 3:
                Assert.Equal(there, view.Peek(target));
                Assert.Equal(model[position..(position + there)], target[..there]);
                return position;
            case 4:
                ReadOnlySpan<byte> piece = view.Peek();
                Assert.Equal(position == model.Length, piece.IsEmpty);
                Assert.Equal(model.AsSpan(position, piece.Length), piece);
                return position;
            case 5:
                Assert.Equal(there == length, view.Has(length));
                return position;
            default:
                if (view.CanSeek)
                {
                    Assert.Equal((model.Length, model.Length - position), (view.Length, view.Remaining));
                    view.Position = position = random.Next(model.Length + 1);
                }

                return position;
        }
    }

    /// <summary>A connection that breaks after so many bytes, until it is told to go on.</summary>
    private sealed class RefusingStream(byte[] bytes, int refuseAt) : MemoryStream(bytes)
    {
        public bool Refuses { get; set; } = true;

        public override bool CanSeek => false;

        public override int Read(Span<byte> buffer)
        {
            int left = refuseAt - (int)Position;
            if (Refuses && left == 0)
            {
                throw new IOException("The connection was reset.");
            }

            return base.Read(Refuses && buffer.Length > left ? buffer[..left] : buffer);
        }
    }
}
