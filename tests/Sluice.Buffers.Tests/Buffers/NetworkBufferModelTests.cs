namespace Sluice.Buffers.Tests;

/// <summary>Handles against a naive model that remembers every handle there ever was, and under races.</summary>
public sealed class NetworkBufferModelTests
{
    [Theory]
    [Seeded(1)]
    [Seeded(2)]
    [Seeded(3)]
    [Seeded(4)]
    public void Random_retains_and_releases_keep_exactly_the_live_handles_live(int seed)
    {
        var random = new Random(seed);
        using var whole = new WholePool(2);
        using LocalBufferPool pool = whole.Share("map 0", 2, 2);
        var live = new List<NetworkBuffer>();
        var stale = new Queue<NetworkBuffer>();
        for (int step = 0; step < 4000; step++)
        {
            int choice = random.Next(10);
            if (choice < 2 && pool.TryRequest(out NetworkBuffer requested))
            {
                live.Add(requested);
            }
            else if (choice < 6 && live.Count > 0)
            {
                NetworkBuffer from = live[random.Next(live.Count)];
                if (live.Count(other => other.Segment == from.Segment) < 5)
                {
                    live.Add(from.Retain());
                }
            }
            else if (live.Count > 0)
            {
                int index = random.Next(live.Count);
                NetworkBuffer gone = live[index];
                live.RemoveAt(index);
                gone.Release();
                stale.Enqueue(gone);
            }

            // With five places free a stale handle stays stale for forty retains of one life; the model keeps fewer.
            while (stale.Count > 20)
            {
                stale.Dequeue();
            }

            Assert.All(live, handle => Assert.True(handle.IsLive));
            Assert.All(stale, handle => Assert.False(handle.IsLive));
            Assert.Equal(live.Select(handle => handle.Segment).Distinct().Count(), pool.Lent);
        }

        live.ForEach(handle => handle.Release());
    }

    [Fact]
    public async Task One_handle_released_by_two_threads_at_once_is_released_once()
    {
        using var whole = new WholePool(2);
        using LocalBufferPool pool = whole.Share("map 0", 2, 2);
        const int Rounds = 1000;
        int arrived = 0;
        var shared = new NetworkBuffer[Rounds];
        var keepers = new NetworkBuffer[Rounds];
        Task<int>[] racers =
            [Deadline.OnThread(() => Race(isMaker: true)), Deadline.OnThread(() => Race(isMaker: false))];

        int[] released = await Task.WhenAll(racers);

        Assert.Equal(Rounds, released.Sum());
        Assert.Equal(0, pool.Lent);

        int Race(bool isMaker)
        {
            int count = 0;
            for (int round = 0; round < Rounds; round++)
            {
                if (isMaker)
                {
                    shared[round] = pool.Request(CancellationToken.None);

                    // In every other round somebody else still holds the buffer.
                    keepers[round] = round % 2 == 0 ? shared[round].Retain() : default;
                }

                Meet();
                count += TryRelease(shared[round]) ? 1 : 0;
                Meet();
                if (isMaker && round % 2 == 0)
                {
                    Assert.True(keepers[round].IsLive);
                    keepers[round].Release();
                }
            }

            return count;
        }

        // Spins, so that both leave within a few instructions: a thread that was woken would miss the race.
        void Meet()
        {
            int meeting = (Interlocked.Increment(ref arrived) + 1) / 2;
            for (int spins = 0; Volatile.Read(ref arrived) < 2 * meeting; spins++)
            {
                Thread.SpinWait(1);
                if (spins > 10_000)
                {
                    Deadline.Await(() => Volatile.Read(ref arrived) >= 2 * meeting);
                }
            }
        }
    }

    [Theory]
    [Seeded(1)]
    [Seeded(2)]
    public async Task Retains_and_releases_of_several_threads_end_with_the_segment_back(int seed)
    {
        using var whole = new WholePool(1);
        using LocalBufferPool pool = whole.Share("map 0", 1, 1);
        for (int round = 0; round < 5; round++)
        {
            NetworkBuffer origin = pool.Request(CancellationToken.None);
            Task[] holders = [.. Enumerable.Range(0, 3).Select(number =>
            {
                // Retained before it is handed over, released by the thread that got it.
                NetworkBuffer handle = origin.Retain();
                return Deadline.OnThread(() => Churn(handle, new Random((seed * 1000) + (round * 10) + number)));
            })];
            origin.Release();
            await Task.WhenAll(holders).WaitAsync(Deadline.Time);

            Assert.Equal(0, pool.Lent);
        }

        static void Churn(NetworkBuffer handle, Random random)
        {
            for (int step = 0; step < 20_000; step++)
            {
                NetworkBuffer further = handle.Retain();
                if (random.Next(2) == 0)
                {
                    (handle, further) = (further, handle);
                }

                // Nothing is said of the released one: a place's sequence may have come round until it is looked at.
                further.Release();
                Assert.True(handle.IsLive);
            }

            handle.Release();
        }
    }

    [Fact]
    public void A_generation_that_comes_round_starts_at_zero()
    {
        var last = new HolderWord((ulong)HolderWord.GenerationMask << HolderWord.GenerationShift);
        HolderWord held = last.With(last.FreePlace(HolderWord.FirstPlace));
        HolderToken token = held.TokenOf(HolderWord.FirstPlace);

        HolderWord next = held.Without(token.Place).NextLife();

        Assert.Equal(HolderWord.GenerationMask, token.Generation);
        Assert.Equal(0u, next.Generation);
        Assert.False(next.Holds(token));
        Assert.True(next.IsFree);
    }

    [Fact]
    public void A_place_held_again_refuses_its_last_seven_tokens_and_touches_no_other_place()
    {
        ulong place = HolderWord.FirstPlace << (4 * HolderWord.PlaceWidth);
        ulong neighbour = HolderWord.NextPlace(place);
        HolderWord word = new HolderWord(0).With(neighbour);
        HolderToken other = word.TokenOf(neighbour);
        var stale = new List<HolderToken>();
        for (int turn = 0; turn < 7; turn++)
        {
            word = word.With(place);
            stale.Add(word.TokenOf(place));
            Assert.Equal(4, word.TokenOf(place).Index);
            word = word.Without(place);
            Assert.DoesNotContain(stale, token => word.Holds(token));
        }

        word = word.With(place);
        HolderToken eighth = word.TokenOf(place);
        Assert.DoesNotContain(stale, token => word.Holds(token));
        Assert.True(word.Holds(eighth));
        Assert.Equal([eighth, other], word.Tokens());

        word = word.Without(place);
        Assert.Equal([other], word.Tokens());
        Assert.True(word.With(place).Holds(stale[0]), "The sequence comes round after eight holders.");
    }

    [Fact]
    public void Places_are_searched_from_the_hint_on_and_round()
    {
        var word = new HolderWord(0);
        ulong hint = HolderWord.FirstPlace;
        for (int index = 0; index < HolderWord.Places; index++)
        {
            ulong place = word.FreePlace(hint);
            word = word.With(place);
            Assert.Equal(index, word.TokenOf(place).Index);
            hint = HolderWord.NextPlace(place);
        }

        Assert.Equal(0ul, word.FreePlace(hint));
        Assert.Equal(HolderWord.Places, word.Holders);
        word = word.Without(HolderWord.FirstPlace);
        Assert.Equal(HolderWord.FirstPlace, word.FreePlace(hint));
        Assert.Equal(HolderWord.FirstPlace, word.FreePlace(HolderWord.NextPlace(HolderWord.FirstPlace)));
    }

    private static bool TryRelease(NetworkBuffer buffer)
    {
        try
        {
            buffer.Release();
            return true;
        }
        catch (BufferMisuseException)
        {
            return false;
        }
    }
}
