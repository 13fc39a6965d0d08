namespace Sluice.Buffers.Tests;

public sealed class SpareDivisionTests
{
    [Theory]
    [InlineData(10, new[] { 2, 9, 9 }, new[] { 2, 4, 4 })] // 10/3: the first wants only 2; 8/2 for each of the others
    [InlineData(8, new[] { 1, 5, 5 }, new[] { 1, 4, 3 })] // 7 left for two equals: the odd one goes to the first
    [InlineData(9, new[] { 5, 6 }, new[] { 4, 5 })] // the odd one goes to who wants more
    [InlineData(8, new[] { 5, 6, 7 }, new[] { 2, 3, 3 })] // 3 x 2 = 6, the two left go to those who want most
    [InlineData(2, new[] { 4, 4, 4 }, new[] { 1, 1, 0 })] // less than one each
    [InlineData(20, new[] { 3, 0, 4 }, new[] { 3, 0, 4 })] // more than is wanted
    [InlineData(0, new[] { 3, 1 }, new[] { 0, 0 })]
    [InlineData(5, new int[0], new int[0])]
    public void Parts_worked_out_by_hand(int spare, int[] wanted, int[] expected)
    {
        int[] parts = new int[wanted.Length];

        SpareDivision.Divide(spare, wanted, parts);

        Assert.Equal(expected, parts);
    }

    [Fact]
    public void Nothing_is_lost_to_rounding_and_nobody_could_have_more_without_a_smaller_one_having_less()
    {
        int[] parts = new int[3];
        for (int code = 0; code < 5 * 5 * 5 * 13; code++)
        {
            int[] wanted = [code % 5, code / 5 % 5, code / 25 % 5];
            int spare = code / 125;

            SpareDivision.Divide(spare, wanted, parts);

            Assert.Equal(Math.Min(spare, wanted.Sum()), parts.Sum());
            for (int i = 0; i < 3; i++)
            {
                Assert.InRange(parts[i], 0, wanted[i]);
                Assert.True(parts[i] == wanted[i] || parts[i] >= parts.Max() - 1, "Who wants more has an equal part.");
            }
        }
    }

    [Fact]
    public async Task FairSize_divides_what_is_spare_by_what_is_held_and_waited_for()
    {
        // 12 - (2 + 1 + 0) = 9 spare. Beyond their minimums 'a' holds 8 and wants 9, 'b' holds 1 and wants 2, 'c' wants
        // nothing: 'b' gets its 2 and 'a' the other 7.
        using var whole = new WholePool(12);
        using LocalBufferPool a = whole.Share("a", 2, 12);
        using LocalBufferPool b = whole.Share("b", 1, 12);
        using LocalBufferPool c = whole.Share("c", 0, 12);
        NetworkBuffer[] ofB = [b.Request(CancellationToken.None), b.Request(CancellationToken.None)];
        var ofA = new Queue<NetworkBuffer>(LocalBufferPoolTests.TakeAll(a));
        Task<NetworkBuffer> waitingA = a.RequestAsync(CancellationToken.None).AsTask();
        Task<NetworkBuffer> waitingB = b.RequestAsync(CancellationToken.None).AsTask();

        (int, int, int) sizes = (a.FairSize, b.FairSize, c.FairSize);
        ofA.Dequeue().Release();
        NetworkBuffer got = await waitingB.WaitAsync(Deadline.Time);

        Assert.Equal((2 + 7, 1 + 2, 0), sizes);
        Assert.False(waitingA.IsCompleted, "It was first in line, and holds its part.");
        got.Release();
        ofA.Enqueue(await waitingA.WaitAsync(Deadline.Time));
        foreach (NetworkBuffer buffer in ofA.Concat(ofB))
        {
            buffer.Release();
        }
    }

    [Fact]
    public void A_pool_that_wants_alone_may_count_on_all_that_is_spare()
    {
        using var whole = new WholePool(10);
        using LocalBufferPool idle = whole.Share("idle", 3, 10);
        using LocalBufferPool pool = whole.Share("map 0", 1, 10);
        NetworkBuffer[] held = [.. LocalBufferPoolTests.TakeAll(pool)];

        Assert.Equal((7, 7, 3), (held.Length, pool.FairSize, idle.FairSize));

        Array.ForEach(held, buffer => buffer.Release());
    }
}
