using Sluice.Grains;

namespace Sluice.Cluster.Tests;

public sealed class SlotQueueTests
{
    private static readonly Guid A = new("00000000-0000-0000-0000-00000000000a");
    private static readonly Guid B = new("00000000-0000-0000-0000-00000000000b");

    private readonly List<string> _started = [];

    [Fact]
    public void Slots_go_to_the_job_that_runs_fewest_and_within_it_to_the_first()
    {
        SlotQueue slots = new(2);
        Enter(slots, A, 1, 2, 3, 4);
        Enter(slots, B, 1, 2);
        Assert.Equal(["a1", "a2"], _started);

        slots.Leave(A);
        slots.Leave(A);
        slots.Leave(B);
        slots.Leave(A);

        Assert.Equal(["a1", "a2", "b1", "a3", "b2", "a4"], _started);
        Assert.Equal((2, 0), (slots.Running, slots.Queued));
    }

    [Fact]
    public void One_that_waits_can_be_taken_out_once_and_one_that_runs_cannot()
    {
        SlotQueue slots = new(1);
        Enter(slots, A, 1, 2, 3);

        Assert.False(slots.TryRemove(Attempt(A, 1)));
        Assert.True(slots.TryRemove(Attempt(A, 2)));
        Assert.False(slots.TryRemove(Attempt(A, 2)));
        Assert.Equal((1, 1), (slots.Running, slots.Queued));
        slots.Leave(A);

        Assert.Equal(["a1", "a3"], _started);
    }

    [Fact]
    public void All_slots_come_back_after_jobs_have_come_and_gone()
    {
        SlotQueue slots = new(3);
        Enter(slots, A, 1, 2);
        slots.Leave(A);
        slots.Leave(A);

        Enter(slots, B, 1, 2, 3, 4);

        Assert.Equal((3, 1), (slots.Running, slots.Queued));
        Assert.Equal(["a1", "a2", "b1", "b2", "b3"], _started);
    }

    [Fact]
    public void Without_slots_all_wait()
    {
        SlotQueue slots = new(0);

        Enter(slots, A, 1);

        Assert.Equal((0, 1), (slots.Running, slots.Queued));
        Assert.Empty(_started);
    }

    [Theory]
    [Seeded(1)]
    [Seeded(2)]
    public void No_more_run_than_there_are_slots_and_each_runs_once(int seed)
    {
        const int Slots = 3;
        SlotQueue slots = new(Slots);
        int running = 0;
        int most = 0;
        int ran = 0;
        int removed = 0;
        using CountdownEvent ended = new(400);

        Parallel.For(0, 400, number =>
        {
            Guid job = (number ^ seed) % 2 == 0 ? A : B;
            slots.Enter(Attempt(job, number), () => ThreadPool.QueueUserWorkItem(_ =>
            {
                int now = Interlocked.Increment(ref running);
                InterlockedMax(ref most, now);
                Interlocked.Increment(ref ran);
                Interlocked.Decrement(ref running);
                slots.Leave(job);
                ended.Signal();
            }));
            if (number % 5 == 0 && slots.TryRemove(Attempt(job, number)))
            {
                Interlocked.Increment(ref removed);
                ended.Signal();
            }
        });

        Assert.True(ended.Wait(TimeSpan.FromSeconds(30)));
        Assert.Equal((400, 0, 0), (ran + removed, slots.Running, slots.Queued));
        Assert.InRange(most, 1, Slots);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        int seen = Volatile.Read(ref most);
        while (value > seen)
        {
            int found = Interlocked.CompareExchange(ref most, value, seen);
            seen = found == seen ? value : found;
        }
    }

    private static WireAttempt Attempt(Guid job, int number) => new() { Job = job, Task = number, Attempt = 1 };

    private void Enter(SlotQueue slots, Guid job, params int[] numbers)
    {
        foreach (int number in numbers)
        {
            slots.Enter(Attempt(job, number), () => _started.Add($"{(job == A ? 'a' : 'b')}{number}"));
        }
    }
}
