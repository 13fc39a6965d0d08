using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Buffers;

namespace Sluice.Sorting.Tests;

public class HashTableTests
{
    [Theory]
    [Seeded(1, 8, 256, 16)]
    [Seeded(2, 40, 1024, 16)]
    [Seeded(3, 400, 4096, 250)]
    public void Counts_match_a_dictionary_over_any_number_of_drains(int seed, int segments, int segmentSize, int bytes)
    {
        using TestPool pool = new(segments, segmentSize);
        Random random = new(seed);
        Dictionary<string, long> expected = [];
        Collected collected = new() { Counts = [] };
        int drains = 0;
        using (HashTable<long> table = new(pool.Task, segmentSize, segments))
        {
            for (int i = 0; i < 20_000; i++)
            {
                byte[] key = new byte[random.Next(1, 20)];
                Array.Fill(key, (byte)random.Next(bytes));
                ulong hash = KeyHash.Of(key);
                ref long count = ref table.Find(key, hash, out bool added);
                if (Unsafe.IsNullRef(ref count))
                {
                    table.Drain(ref collected);
                    drains++;
                    Assert.Equal(0, table.Count);
                    count = ref table.Find(key, hash, out added);
                }

                count = added ? 1 : count + 1;
                string text = Convert.ToHexString(key);
                expected[text] = expected.GetValueOrDefault(text) + 1;
            }

            table.Drain(ref collected);
        }

        Assert.Equal(expected.OrderBy(e => e.Key), collected.Counts.OrderBy(e => e.Key));
        Assert.Equal(segments == 8, drains > 0);
    }

    [Fact]
    public void A_new_state_is_all_zeros_also_where_others_lay_before()
    {
        using TestPool pool = new(4, 1024);
        using HashTable<(byte, long)> table = new(pool.Task, 1024, 4);
        for (int round = 0; round < 2; round++)
        {
            for (byte key = 0; key < 20; key++)
            {
                ref (byte, long) state = ref table.Find([key], KeyHash.Of([key]), out bool added);
                Span<byte> bytes = MemoryMarshal.AsBytes(new Span<(byte, long)>(ref state));

                Assert.True(added);
                Assert.False(bytes.ContainsAnyExcept((byte)0));
                bytes.Fill(0xA5);
            }

            Nothing nothing = default;
            table.Drain(ref nothing);
        }
    }

    private struct Nothing : IHashTableTarget<(byte, long)>
    {
        public readonly void Take(ReadOnlySpan<byte> key, in (byte, long) state)
        {
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_last_drain_gives_segments_back_as_it_goes(bool failsOnTheWay)
    {
        const int Keys = 80;
        using TestPool pool = new(16, 256);
        LentAtEach target = new() { Pool = pool, Lent = [], Keys = [], FailsAt = failsOnTheWay ? Keys / 2 : Keys };
        using (HashTable<long> table = new(pool.Task, 256, 16))
        {
            foreach (int i in Enumerable.Range(0, Keys))
            {
                byte[] key = BitConverter.GetBytes(i);
                table.Find(key, KeyHash.Of(key), out _) = i;
            }

            int entries = pool.Lent - 4;
            Exception? thrown = Record.Exception(() => table.DrainLast(ref target));

            Assert.Equal(failsOnTheWay, thrown is IOException);
            Assert.Equal(Enumerable.Range(0, target.FailsAt), target.Keys);

            // The slots' quarter went first; at the first key of each segment all segments before it are back.
            Assert.Equal(entries, target.Lent[0]);
            Assert.Equal(target.Lent.OrderDescending(), target.Lent);
            Assert.Equal(failsOnTheWay ? target.Lent[^1] : 0, pool.Lent);
        }

        Assert.True(failsOnTheWay || target.Lent[^1] == 1, "The last segment is the last to go.");
        Assert.Equal(0, pool.Lent);
    }

    [Fact]
    public void A_key_longer_than_a_segment_has_no_place()
    {
        using TestPool pool = new(8, 256);
        using HashTable<long> table = new(pool.Task, 256, 8);

        ref long state = ref table.Find(new byte[300], 7, out _);

        Assert.True(Unsafe.IsNullRef(ref state));
    }

    [Fact]
    public void A_table_whose_making_is_cancelled_gives_back_what_it_had()
    {
        using TestPool pool = new(8, 256);
        using CancellationTokenSource cancel = new();
        List<NetworkBuffer> others = [.. Enumerable.Range(0, 7).Select(_ => pool.Task.Request(CancellationToken.None))];

        // A quarter of its 32 segments are slots, of which one is there.
        Exception? thrown = null;
        Thread maker = new(
            () => thrown = Record.Exception(() => new HashTable<long>(pool.Task, 256, 32, cancel.Token)));
        maker.Start();
        Assert.True(SpinWait.SpinUntil(() => pool.Lent == 8, TimeSpan.FromSeconds(30)), "The table took no segment.");
        cancel.Cancel();
        maker.Join();

        Assert.IsAssignableFrom<OperationCanceledException>(thrown);
        Assert.Equal(7, pool.Lent);
        others.ForEach(other => other.Release());
    }

    private struct Collected : IHashTableTarget<long>
    {
        public Dictionary<string, long> Counts;

        public readonly void Take(ReadOnlySpan<byte> key, in long state)
        {
            string text = Convert.ToHexString(key);
            Counts[text] = Counts.GetValueOrDefault(text) + state;
        }
    }

    private struct LentAtEach : IHashTableTarget<long>
    {
        public required TestPool Pool { get; init; }

        public required List<int> Lent { get; init; }

        public required List<int> Keys { get; init; }

        public required int FailsAt { get; init; }

        public readonly void Take(ReadOnlySpan<byte> key, in long state)
        {
            if (Keys.Count == FailsAt)
            {
                throw new IOException("full");
            }

            Lent.Add(Pool.Lent);
            Keys.Add((int)state);
        }
    }
}
