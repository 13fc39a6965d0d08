namespace Sluice.Buffers.Tests;

/// <summary>Nothing is allocated for a value, over whatever a view lies.</summary>
public sealed class ViewAllocationTests
{
    [Theory]
    [InlineData(InputKind.Pages)]
    [InlineData(InputKind.Sequence)]
    [InlineData(InputKind.SeekableStream)]
    public void Reading_allocates_nothing(InputKind kind)
    {
        using var input = new OpenedInput(kind, new byte[200], 7);
        byte[] target = new byte[20];

        AssertAllocatesNothing(() =>
        {
            IDataInputView view = input.View;
            view.Position = 0;
            _ = view.ReadByte() + view.ReadInt16BigEndian() + view.ReadInt64() + view.ReadDoubleBigEndian();
            _ = view.ReadInt128() + view.ReadInt128BigEndian();
            _ = view.ReadVarInt32() + view.ReadVarInt64();
            view.ReadExactly(target);
            _ = view.Read(target) + view.Peek(target) + view.Peek().Length;
            view.Skip(20);
            _ = view.Has(1);
        });
    }

    [Fact]
    public void Writing_and_copying_allocate_nothing()
    {
        using var pages = new Pages(40, 7);
        using var source = new OpenedInput(InputKind.Pages, new byte[50], 5);
        using var stream = new MemoryStream(new byte[1000]);
        string text = new('\u6C34', 20);
        IDataOutputView[] views = [new SegmentOutputView(pages.Segments), new StreamOutputView(stream)];

        AssertAllocatesNothing(() =>
        {
            foreach (IDataOutputView view in views)
            {
                view.Position = 0;
                view.WriteByte(1);
                view.WriteInt64BigEndian(2);
                view.WriteUInt128(UInt128.MaxValue);
                view.WriteVarInt64(long.MinValue);
                view.WriteString(text);
                view.Write("abc"u8);
                view.Skip(5);
                source.View.Position = 0;
                view.Write(source.View, 50);
            }
        });
    }

    [Fact]
    public void Lending_pages_allocates_nothing()
    {
        using var pages = new Pages(4, 8);
        var output = new SegmentOutputView(pages.Segments);

        AssertAllocatesNothing(() =>
        {
            output.Position = 0;
            for (int i = 0; i < 4; i++)
            {
                output.GetSpan(5)[0] = 1;
                output.Advance(5);
            }
        });
    }

    private static void AssertAllocatesNothing(Action work)
    {
        work();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            work();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
