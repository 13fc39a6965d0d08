using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Sluice.Buffers.Tests;

/// <summary>
/// Several threads pass handles around; each handle has one owner at a time, so each thread knows what must hold.
/// </summary>
/// <remarks>
/// A place's sequence comes round after eight holders, so a thread may say that a handle is stale only when fewer than
/// eight places were taken since: when no other step began, at most 3 threads x 2 places + 1 of its own = 7.
/// </remarks>
public sealed class HolderStressTests
{
    private const int Threads = 4;

    [Theory]
    [Seeded(1, false)]
    [Seeded(2, false)]
    [Seeded(3, false)]
    [Seeded(4, true)]
    [Seeded(5, true)]
    public async Task Handles_passed_between_threads_are_live_until_given_back_and_never_after(int seed, bool isWatched)
    {
        var reports = new List<BufferLeak>();
        LeakDetector? detector = isWatched ? LeakDetector.Create(new LeakDetectorOptions(), reports.Add) : null;
        using var whole = new WholePool(2);
        using LocalBufferPool pool = whole.Watched("map 0", 0, detector);
        var passed = new ConcurrentQueue<NetworkBuffer>();
        using var barrier = new Barrier(Threads);
        var steps = new StrongBox<long>();

        (int Lives, int Refused)[] seen =
            await Task.WhenAll(Enumerable.Range(0, Threads).Select(number => Deadline.OnThread(() =>
            new Passer(pool, passed, new Random((seed * 100) + number), $"thread {number}", barrier, steps).Go())));

        while (passed.TryDequeue(out NetworkBuffer handle))
        {
            handle.Release();
        }

        Assert.Equal(0, pool.Lent);
        Assert.True(seen.Sum(one => one.Lives) > 10, "The segments were hardly ever given back; nothing was tested.");
        Assert.True(seen.Sum(one => one.Refused) > 10, "Hardly any stale handle was looked at; nothing was tested.");
        Assert.Empty(detector?.Outstanding() ?? []);
    }

    [Theory]
    [Seeded(1)]
    [Seeded(2)]
    public async Task A_stale_handle_used_while_others_retain_and_release_never_succeeds(int seed)
    {
        using var whole = new WholePool(1);
        using LocalBufferPool pool = whole.Share("map 0", 1, 1);
        NetworkBuffer keeper = pool.Request(CancellationToken.None);
        NetworkBuffer stale = keeper.Retain("stale");
        stale.Release();
        using var barrier = new Barrier(2);

        // Fewer retains than bring the stale handle's place and sequence round again.
        Task worker = Deadline.OnThread(() =>
        {
            barrier.SignalAndWait(Deadline.Time);
            for (int turn = 0; turn < 60; turn++)
            {
                keeper.Retain("worker").Release();
            }
        });
        int refused = await Deadline.OnThread(() =>
        {
            var random = new Random(seed);
            barrier.SignalAndWait(Deadline.Time);
            int count = 0;
            for (int turn = 0; turn < 200; turn++)
            {
                Action use = random.Next(3) switch
                {
                    0 => stale.Release,
                    1 => () => stale.Retain(),
                    _ => () => stale.HandOver("thief"),
                };
                Assert.Equal("map 0", Assert.Throws<BufferMisuseException>(use).Owner);
                count++;
            }

            return count;
        });
        await worker;

        Assert.Equal(200, refused);
        keeper.Release();
        Assert.Equal(0, pool.Lent);
    }

    private sealed class Passer(
        LocalBufferPool pool,
        ConcurrentQueue<NetworkBuffer> passed,
        Random random,
        string name,
        Barrier barrier,
        StrongBox<long> steps)
    {
        private readonly List<NetworkBuffer> _mine = [];
        private long _step;
        private int _lives;
        private int _refused;

        public (int Lives, int Refused) Go()
        {
            barrier.SignalAndWait(Deadline.Time);
            for (int step = 0; step < 10_000; step++)
            {
                Step();
                Assert.All(_mine, handle => Assert.True(handle.IsLive));
            }

            _mine.ForEach(handle => handle.Release());
            return (_lives, _refused);
        }

        private void Step()
        {
            _step = Interlocked.Increment(ref steps.Value);
            switch (random.Next(8))
            {
                case 0 or 1 when pool.TryRequest(out NetworkBuffer requested):
                    _lives++;
                    _mine.Add(requested);
                    break;
                case 2 when passed.TryDequeue(out NetworkBuffer received):
                    _mine.Add(received);
                    break;
                case 3 or 4 when _mine.Count is > 0 and < 4 && Pick().TryRetain(out NetworkBuffer retained):
                    _mine.Add(random.Next(2) == 0 ? retained : GiveOver(retained));
                    break;
                case 5 when _mine.Count > 0:
                    passed.Enqueue(Remove());
                    break;
                case 6 or 7 when _mine.Count > 0:
                    NetworkBuffer gone = Remove();
                    gone.Release();
                    AssertStale(gone);
                    break;
                default:
                    break;
            }
        }

        private NetworkBuffer GiveOver(NetworkBuffer handle)
        {
            NetworkBuffer given = handle.HandOver(name);
            AssertStale(handle);
            Assert.Equal(name, given.Holder);
            return given;
        }

        private void AssertStale(NetworkBuffer handle)
        {
            bool isLive = handle.IsLive;
            if (Volatile.Read(ref steps.Value) == _step)
            {
                Assert.False(isLive, "A handle that was given back is live.");
                _refused++;
            }
        }

        private NetworkBuffer Pick() => _mine[random.Next(_mine.Count)];

        private NetworkBuffer Remove()
        {
            int index = random.Next(_mine.Count);
            NetworkBuffer handle = _mine[index];
            _mine.RemoveAt(index);
            return handle;
        }
    }
}
