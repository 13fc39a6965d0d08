using Sluice.Buffers;

namespace Sluice.Sorting.Tests;

public class WriteBehindTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public void Batches_are_written_in_order_and_all_before_the_end()
    {
        List<long> offsets = [];
        using WriteBehind writes = new(WaitKind.Output, 2);
        for (int i = 0; i < 500; i++)
        {
            writes.Start((_, offset) => offsets.Add(offset), [new byte[1]], i);
        }

        writes.Finish();

        Assert.Equal(Enumerable.Range(0, 500).Select(i => (long)i), offsets);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_set_is_not_touched_any_more_when_all_others_have_had_their_turn(int batches)
    {
        byte[][] sets = [.. Enumerable.Range(0, batches).Select(_ => new byte[100])];
        int torn = 0;
        using WriteBehind writes = new(WaitKind.Output, batches);
        void Write(IReadOnlyList<ReadOnlyMemory<byte>> pieces, long offset)
        {
            byte first = pieces[0].Span[0];
            Thread.Yield();
            torn += pieces[0].Span.ContainsAnyExcept(first) || first != (byte)offset ? 1 : 0;
        }

        for (int i = 0; i < 1000; i++)
        {
            sets[i % batches].AsSpan().Fill((byte)i);
            writes.Start(Write, [sets[i % batches]], i);
        }

        writes.Finish();

        Assert.Equal(0, torn);
    }

    [Fact]
    public void A_failed_write_is_thrown_at_the_next_and_at_the_end()
    {
        int written = 0;
        using WriteBehind writes = new(WaitKind.Output, 2);
        void Write(IReadOnlyList<ReadOnlyMemory<byte>> pieces, long offset)
        {
            if (offset == 1)
            {
                throw new IOException("No space left on device");
            }

            written++;
        }

        writes.Start(Write, [new byte[1]], 0);
        IOException thrown = Assert.Throws<IOException>(() =>
        {
            writes.Start(Write, [new byte[1]], 1);
            writes.Start(Write, [new byte[1]], 2);
        });

        Assert.Equal("No space left on device", thrown.Message);
        Assert.Throws<IOException>(writes.Finish);
        Assert.Equal(1, written);
    }

    [Fact]
    public void Settling_drops_what_was_not_begun()
    {
        using ManualResetEventSlim entered = new();
        using ManualResetEventSlim release = new();
        int written = 0;
        using WriteBehind writes = new(WaitKind.Spill, 4);
        for (int i = 0; i < 3; i++)
        {
            writes.Start(
                (_, _) =>
                {
                    entered.Set();
                    release.Wait(Deadline);
                    written++;
                },
                [new byte[1]],
                i);
        }

        Assert.True(entered.Wait(Deadline));
        Thread releasing = new(() =>
        {
            Thread.Sleep(20);
            release.Set();
        });
        releasing.Start();
        writes.Settle();

        Assert.Equal(1, written);
        releasing.Join();
    }

    [Fact]
    public void Settling_waits_for_the_write_at_hand_and_does_not_tell_how_it_ended()
    {
        bool ended = false;
        using WriteBehind writes = new(WaitKind.Spill, 3);
        writes.Start(
            (_, _) =>
            {
                Thread.Sleep(20);
                ended = true;
                throw new IOException("No space left on device");
            },
            [new byte[1]],
            0);

        writes.Settle();

        Assert.True(ended);
        Assert.Throws<IOException>(writes.Finish);
    }

    [Fact]
    public async Task Dispose_waits_for_the_write_at_hand()
    {
        using ManualResetEventSlim entered = new();
        using ManualResetEventSlim release = new();
        bool ended = false;
        WriteBehind writes = new(WaitKind.Output, 2);
        void Write(IReadOnlyList<ReadOnlyMemory<byte>> pieces, long offset)
        {
            entered.Set();
            release.Wait(Deadline);
            ended = true;
        }

        writes.Start(Write, [new byte[1]], 0);
        Assert.True(entered.Wait(Deadline));
        Task disposal = Task.Run(writes.Dispose, TestContext.Current.CancellationToken);
        Assert.False(disposal.IsCompleted);
        release.Set();

        await disposal.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        Assert.True(ended);
    }
}
