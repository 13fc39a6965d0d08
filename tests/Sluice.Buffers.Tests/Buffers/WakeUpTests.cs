namespace Sluice.Buffers.Tests;

/// <summary>Writer and reader go in step, so that no later commit heals a wake-up that was lost.</summary>
public sealed class WakeUpTests
{
    private const int SegmentSize = 256 * 1024;

    [Theory]
    [Seeded(1)]
    [Seeded(2)]
    public async Task A_reader_that_stands_in_line_while_the_only_commit_comes_is_woken(int seed)
    {
        using var whole = new WholePool(1, SegmentSize);
        using LocalBufferPool pool = whole.Share("map 0", 1, 1);
        using var builder = new BufferBuilder(pool.Request(CancellationToken.None));
        using BufferConsumer consumer = builder.CreateConsumer();
        int consumed = 0;

        Task<int> reader = Deadline.OnThread(() =>
        {
            while (Wait(consumer))
            {
                consumer.Advance(1);
                Volatile.Write(ref consumed, consumer.Position);
            }

            return consumer.Position;
        });
        Task writer = Deadline.OnThread(() =>
        {
            var random = new Random(seed);
            for (int written = 1; written <= SegmentSize; written++)
            {
                // The reader is on its way into the line: meet it at another place each time.
                for (int delay = random.Next(100); delay > 0; delay--)
                {
                    Volatile.Read(ref consumed);
                }

                builder.TryAppend([1]);
                builder.Commit();
                Assert.True(
                    Spin(() => Volatile.Read(ref consumed) >= written || reader.IsCompleted),
                    "The reader stands still.");
                Assert.False(reader.IsFaulted, "The reader has ended before the writer.");
            }

            builder.Finish();
        });
        await writer;

        Assert.Equal(SegmentSize, await reader);

        static bool Wait(BufferConsumer consumer)
        {
            ValueTask<bool> wait = consumer.WaitForDataAsync(CancellationToken.None);
            Assert.True(Spin(() => wait.IsCompleted), "The reader was not woken.");
            return wait.GetAwaiter().GetResult();
        }
    }

    /// <summary>
    /// Spins, so that both meet within a few instructions; gives the processor away when that takes long.
    /// </summary>
    private static bool Spin(Func<bool> condition)
    {
        for (int spins = 0; spins < 20_000; spins++)
        {
            if (condition())
            {
                return true;
            }

            if (spins % 100 == 99)
            {
                Thread.Yield();
            }
        }

        return SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(10));
    }
}
