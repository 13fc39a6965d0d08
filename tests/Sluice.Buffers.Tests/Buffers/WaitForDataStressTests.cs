namespace Sluice.Buffers.Tests;

/// <summary>No wake-up is lost: a reader that is not woken reaches its deadline.</summary>
public sealed class WaitForDataStressTests
{
    private const int SegmentSize = 4096;

    [Theory]
    [Seeded(1)]
    [Seeded(2)]
    [Seeded(3)]
    public async Task Readers_that_wait_for_every_byte_see_all_of_them(int seed)
    {
        using var whole = new WholePool(1, SegmentSize);
        using LocalBufferPool pool = whole.Share("map 0", 1, 1);
        var random = new Random(seed);
        for (int round = 0; round < 10; round++)
        {
            var builder = new BufferBuilder(pool.Request(CancellationToken.None));
            BufferConsumer[] consumers = [.. Enumerable.Range(0, 3).Select(_ => builder.CreateConsumer())];
            Task<int>[] readers = [.. consumers.Select(consumer => Task.Run(() => Read(consumer)))];
            int[] counts = await Write(builder, readers, random.Next());
            Assert.All(counts, count => Assert.Equal(SegmentSize, count));
        }
    }

    [Theory]
    [Seeded(4)]
    [Seeded(5)]
    public async Task Cancellations_and_closings_that_race_with_commits_lose_nothing(int seed)
    {
        using var whole = new WholePool(1, SegmentSize);
        using LocalBufferPool pool = whole.Share("map 0", 1, 1);
        for (int round = 0; round < 5; round++)
        {
            var builder = new BufferBuilder(pool.Request(CancellationToken.None));
            BufferConsumer patient = builder.CreateConsumer(0, "patient");
            BufferConsumer impatient = builder.CreateConsumer(0, "impatient");
            BufferConsumer closed = builder.CreateConsumer(0, "closed");
            Task<int>[] readers =
            [
                Task.Run(() => Read(patient)),
                Task.Run(() => ReadImpatiently(impatient, new Random((seed * 100) + round))),
            ];
            Task<bool> closing = Task.Run(() => ReadUntilClosed(closed));

            Task<int[]> written = Write(builder, readers, seed + round);
            await Task.Yield();
            closed.Dispose();

            Assert.All(await written, count => Assert.Equal(SegmentSize, count));
            Assert.True(await closing.WaitAsync(Deadline.Time));
        }
    }

    private static async Task<int[]> Write(BufferBuilder builder, Task<int>[] readers, int seed)
    {
        await Deadline.OnThread(() =>
        {
            var random = new Random(seed);
            for (int written = 0; written < SegmentSize; written++)
            {
                builder.Append([(byte)written]);
                builder.Commit();

                // Often enough the readers fall asleep between two bytes.
                Thread.SpinWait(random.Next(60));
            }

            builder.Finish();
            builder.Dispose();
        });
        return await Task.WhenAll(readers).WaitAsync(Deadline.Time);
    }

    private static async Task<int> Read(BufferConsumer consumer)
    {
        using (consumer)
        {
            int count = consumer.Position;
            while (await consumer.WaitForDataAsync(CancellationToken.None).AsTask().WaitAsync(Deadline.Time))
            {
                count = Consume(consumer, count);
            }

            Assert.True(consumer.IsFinished);
            return count;
        }
    }

    private static async Task<int> ReadImpatiently(BufferConsumer consumer, Random random)
    {
        using (consumer)
        {
            int count = 0;
            while (true)
            {
                using var cancellation = new CancellationTokenSource();
                Task<bool> wait = consumer.WaitForDataAsync(cancellation.Token).AsTask();
                if (random.Next(2) == 0)
                {
                    await cancellation.CancelAsync();
                }

                try
                {
                    if (!await wait.WaitAsync(Deadline.Time))
                    {
                        return count;
                    }

                    count = Consume(consumer, count);
                }
                catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
                {
                    // Nothing was consumed; the next wait goes on from here.
                }
            }
        }
    }

    private static async Task<bool> ReadUntilClosed(BufferConsumer consumer)
    {
        try
        {
            int count = 0;
            while (await consumer.WaitForDataAsync(CancellationToken.None).AsTask().WaitAsync(Deadline.Time))
            {
                count = Consume(consumer, count);
            }

            return true;
        }
        catch (Exception closed) when (closed is ObjectDisposedException or BufferMisuseException)
        {
            return true;
        }
    }

    private static int Consume(BufferConsumer consumer, int count)
    {
        ReadOnlySpan<byte> readable = consumer.Readable;
        Assert.False(readable.IsEmpty);
        foreach (byte value in readable)
        {
            Assert.Equal((byte)count++, value);
        }

        consumer.Advance(readable.Length);
        return count;
    }
}
