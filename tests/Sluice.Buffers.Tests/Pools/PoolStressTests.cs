namespace Sluice.Buffers.Tests;

/// <summary>Several threads on one network pool. In Debug the ledger checks its invariants after every step.</summary>
public sealed class PoolStressTests
{
    [Theory]
    [Seeded(1)]
    [Seeded(2)]
    [Seeded(3)]
    public async Task Random_work_of_several_threads_ends_with_the_pool_whole(int seed)
    {
        // 4 threads x a minimum of 3 = 12 of 20: every guarantee can be given at once, and 8 are left to compete for.
        using var whole = new WholePool(20);
        Task[] threads = [.. Enumerable.Range(0, 4).Select(
            number => Deadline.OnThread(() => Work(whole, $"task {number}", new Random((seed * 10) + number))))];

        await Task.WhenAll(threads);

        Assert.Equal(20, whole.Network.Free);
    }

    [Fact]
    public async Task Buffers_recycled_on_another_thread_all_come_round()
    {
        using var whole = new WholePool(8);
        using LocalBufferPool pool = whole.Share("map 0", 8, 8);
        var channel = System.Threading.Channels.Channel.CreateUnbounded<NetworkBuffer>();
        const int Rounds = 5000;
        Task requester = Deadline.OnThread(() =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                NetworkBuffer buffer = pool.Request(CancellationToken.None);
                buffer.Segment.PutInt32LittleEndian(0, round);
                Assert.True(channel.Writer.TryWrite(buffer));
            }

            channel.Writer.Complete();
        });
        Task recycler = Task.Run(async () =>
        {
            int round = 0;
            await foreach (NetworkBuffer buffer in channel.Reader.ReadAllAsync())
            {
                Assert.Equal(round++, buffer.Segment.GetInt32LittleEndian(0));
                buffer.Release();
            }

            Assert.Equal(Rounds, round);
        });

        await Task.WhenAll(requester, recycler).WaitAsync(Deadline.Time);
    }

    private static void Work(WholePool whole, string owner, Random random)
    {
        for (int life = 0; life < 20; life++)
        {
            using LocalBufferPool pool = whole.Share($"{owner}/{life}", 3, random.Next(3, 20));
            var held = new WillingHolder(pool);
            var kept = new List<NetworkBuffer>();
            for (int step = 0; step < 60; step++)
            {
                switch (random.Next(7))
                {
                    case 0 when pool.TryRequest(out NetworkBuffer tried):
                        held.Hold(tried);
                        break;
                    case 1 or 2 when pool.Lent < pool.Maximum:
                        held.Hold(pool.Request(CancellationToken.None));
                        break;
                    case 3 when Timed(pool, random) is { } timed:
                        held.Hold(timed);
                        break;
                    case 5 when random.Next(4) == 0:
                        // Never beyond 3 guaranteed for each of the four threads.
                        int minimum = random.Next(1, 4);
                        pool.Resize(minimum, random.Next(3, 20));
                        break;
                    case 4 when kept.Count < 2 && pool.Lent < pool.Maximum:
                        kept.Add(pool.Request(CancellationToken.None));
                        break;
                    default:
                        held.Release(random.Next(3));
                        break;
                }
            }

            // Some buffers outlive their pool.
            held.Registration.Dispose();
            pool.Dispose();
            held.Release(int.MaxValue);
            kept.ForEach(buffer => buffer.Release());
        }
    }

    private static NetworkBuffer? Timed(LocalBufferPool pool, Random random)
    {
        try
        {
            return pool.Request(TimeSpan.FromMilliseconds(random.Next(2)), CancellationToken.None);
        }
        catch (BufferTimeoutException)
        {
            return null;
        }
    }
}
