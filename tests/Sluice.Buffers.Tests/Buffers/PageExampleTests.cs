using System.Text;

namespace Sluice.Buffers.Tests;

/// <summary>The examples of docs/buffers.md, as they stand there.</summary>
public sealed class PageExampleTests
{
    [Fact]
    public void A_slice_keeps_the_memory_after_the_buffer_is_released()
    {
        using NetworkBufferPool network = new(
            new NetworkBufferPoolOptions { SegmentCount = 64, SegmentSize = 32 * 1024 });
        using LocalBufferPool pool = network.CreateBufferPool(
            new BufferPoolOptions { Owner = "upload 7", Minimum = 2, Maximum = 16 });

        NetworkBuffer buffer = pool.Request(CancellationToken.None);
        "hello"u8.CopyTo(buffer.Room);
        buffer.Append(5);
        NetworkBufferSlice slice = buffer.ReadOnlySlice(1, 3);
        buffer.Release();
        string text = Encoding.ASCII.GetString(slice.Span);
        slice.Release();

        Assert.Equal("ell", text);
        Assert.Equal(0, network.Lent);
    }

    [Fact]
    public async Task A_reader_follows_a_buffer_that_is_being_filled()
    {
        using var whole = new WholePool(1);
        using LocalBufferPool pool = whole.Share("map 0", 1, 1);
        List<byte> sent = [];
        using var builder = new BufferBuilder(pool.Request(CancellationToken.None));
        Task reading = Follow(builder.CreateConsumer(holder: "fetch 3"), CancellationToken.None);

        foreach (byte value in "hello"u8.ToArray())
        {
            builder.Append([value]);
            builder.Commit();
        }

        builder.Finish();
        await reading.WaitAsync(Deadline.Time);

        Assert.Equal("hello"u8.ToArray(), sent);

        async Task Follow(BufferConsumer consumer, CancellationToken cancellation)
        {
            using (consumer)
            {
                while (await consumer.WaitForDataAsync(cancellation))
                {
                    sent.AddRange(consumer.Readable);
                    consumer.Advance(consumer.Readable.Length);
                }
            }
        }
    }
}
