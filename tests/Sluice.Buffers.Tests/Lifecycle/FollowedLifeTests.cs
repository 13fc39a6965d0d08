using System.Diagnostics;

namespace Sluice.Buffers.Tests;

/// <summary>
/// Lives that a hook begins to watch when they are under way, and steps that leave the holders as they are.
/// </summary>
public sealed class FollowedLifeTests
{
    private static readonly ActivityContext Sender = new(
        ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);

    [Fact]
    public void Sends_receipts_and_reads_are_steps_of_a_history()
    {
        LeakDetector detector = LeakDetector.Create(new LeakDetectorOptions(), _ => { })!;
        using var whole = new WholePool(1);
        using LocalBufferPool pool = whole.Watched("map 3", 1, detector);
        NetworkBuffer buffer = pool.Request(CancellationToken.None);

        buffer.NoteReceived("silo-1", default);
        buffer.NoteRead();
        buffer.NoteSent("silo-2");

        OutstandingBuffer found = Assert.Single(detector.Outstanding());
        Assert.Equal(
            ["requested by", "received by", "read by", "sent by"],
            found.History.First.Select(step => string.Join(' ', step.ToString().Split(' ')[..2])));
        Assert.Equal([null, "silo-1", null, "silo-2"], found.History.First.Select(step => step.Peer));
        Assert.Contains("received by 'map 3' (place 0) from silo-1", found.ToString(), StringComparison.Ordinal);
        Assert.Equal("map 3", Assert.Single(found.Holders).Label);
        buffer.Release();
    }

    [Fact]
    public void Bytes_of_a_traced_life_make_the_hook_that_follows_see_the_rest_and_others_what_they_saw()
    {
        var follower = new Follower(follows: true);
        var all = new LifeRecorder();
        var refuser = new Follower(follows: false);
        using var whole = new WholePool(1);
        using LocalBufferPool pool = whole.Watched("map 3", 1, IBufferLifecycle.Combine(refuser, follower, all));

        NetworkBuffer buffer = pool.Request(CancellationToken.None);
        buffer.NoteReceived("silo-1", Sender);
        buffer.NoteReceived("silo-1", Sender);
        buffer.Release();
        pool.Request(CancellationToken.None).Release();

        Assert.Equal(
            [BufferStepKind.Received, BufferStepKind.Received, BufferStepKind.Released, BufferStepKind.Recycled],
            follower.Steps);
        Assert.Equal([Sender, Sender], follower.Asked);
        Assert.Empty(refuser.Steps);
        Assert.Equal(3 + 2 + 3, all.Steps.Count);
    }

    [Fact]
    public void Bytes_of_a_life_that_nobody_traces_ask_nobody()
    {
        var follower = new Follower(follows: true);
        using var whole = new WholePool(1);
        using LocalBufferPool pool = whole.Watched("map 3", 1, follower);

        NetworkBuffer buffer = pool.Request(CancellationToken.None);
        buffer.NoteReceived("silo-1", default);
        Assert.False(buffer.IsWatched);
        buffer.Release();

        Assert.Empty(follower.Asked);
        Assert.Empty(follower.Steps);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_holder_can_have_a_further_hook_see_the_rest_of_one_life(bool hasOwn)
    {
        var own = new LifeRecorder();
        var further = new Follower(follows: true);
        using var whole = new WholePool(1);
        using LocalBufferPool pool = whole.Watched("serving", 1, hasOwn ? own : null);

        NetworkBuffer buffer = pool.Request(CancellationToken.None);
        buffer.Watch(further);
        buffer.Retain("sender").Release();
        buffer.Release();
        pool.Request(CancellationToken.None).Release();

        Assert.Equal(
            [BufferStepKind.Retained, BufferStepKind.Released, BufferStepKind.Released, BufferStepKind.Recycled],
            further.Steps);
        Assert.Equal(default, Assert.Single(further.Asked));
        Assert.Equal(hasOwn ? 5 + 3 : 0, own.Steps.Count);
    }

    [Fact]
    public void A_stale_handle_tells_nobody_of_steps()
    {
        var all = new LifeRecorder();
        using var whole = new WholePool(1);
        using LocalBufferPool pool = whole.Watched("map 3", 1, all);
        NetworkBuffer buffer = pool.Request(CancellationToken.None);
        NetworkBuffer stale = buffer.Retain("sender");
        stale.Release();
        int steps = all.Steps.Count;

        Assert.Throws<BufferMisuseException>(() => stale.NoteSent("silo-2"));
        Assert.Throws<BufferMisuseException>(stale.NoteRead);
        Assert.Throws<BufferMisuseException>(() => stale.NoteReceived("silo-2", Sender));

        Assert.Equal(steps, all.Steps.Count);
        buffer.Release();
    }

    /// <summary>Watches no life by itself.</summary>
    private sealed class Follower(bool follows) : IBufferLifecycle
    {
        public List<ActivityContext> Asked { get; } = [];

        public List<BufferStepKind> Steps { get; } = [];

        public bool Watches(BufferLife life, string owner) => false;

        public bool Follows(in BufferStep requested, TimeSpan age, ActivityContext sender)
        {
            Assert.Equal(BufferStepKind.Requested, requested.Kind);
            Assert.InRange(age, TimeSpan.Zero, TimeSpan.FromMinutes(1));
            Asked.Add(sender);
            return follows;
        }

        public void OnStep(in BufferStep taken) => Steps.Add(taken.Kind);

        public void OnPoolDestroyed(string owner, int outstanding)
        {
        }
    }
}
