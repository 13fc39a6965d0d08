using Sluice.Jobs;
using Sluice.Sorting;
using Sluice.Sorting.Tests;

namespace Sluice.Engine.Tests;

public class GroupWalksTests
{
    [Fact]
    public void A_walk_that_failed_fails_the_group_also_when_the_selector_caught_the_error()
    {
        using TestPool pool = new(4, 64);
        using GroupBuffer buffer = new(pool.Task, 64, 4, CancellationToken.None);
        BrokenRecords records = new(failsAt: 3);
        MergeGroup group = new(records);
        GroupWalks<int> walks = new(
            group, Serializers.Find<int>()!, buffer, TaskContexts.Of(pool, segments: 4, segmentSize: 64));
        Assert.True(group.NextGroup());
        GroupValues<int> values = walks.Begin();

        IOException caught = Assert.Throws<IOException>(() => values.Count());
        IOException atEnd = Assert.Throws<IOException>(walks.End);

        Assert.Same(caught, atEnd);
        Assert.Equal(3, records.Moves);
    }

    /// <summary>Ten records of one key, of which one cannot be read at the first time.</summary>
    private sealed class BrokenRecords(int failsAt) : IRecordReader
    {
        private readonly byte[] _record = new byte[1 + sizeof(int)];

        public int Moves { get; private set; }

        public ReadOnlySpan<byte> Record => _record;

        public int KeyLength => 1;

        public bool MoveNext() =>
            ++Moves == failsAt ? throw new IOException("A block is not what was written.") : Moves <= 10;
    }
}
