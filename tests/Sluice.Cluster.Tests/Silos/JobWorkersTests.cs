using System.Reflection;
using Sluice.Engine;
using Sluice.Grains;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Cluster.Tests;

/// <summary>Commands of a coordinator to task grains that do not answer.</summary>
public sealed class JobWorkersTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task An_attempt_that_may_have_started_is_cancelled_before_it_counts_as_stopped()
    {
        MuteTask task = new();
        IGrainFactory grains = DispatchProxy.Create<IGrainFactory, OneGrain>();
        ((OneGrain)(object)grains).Grain = task;
        TaskCompletionSource<int> stopped = new();
        JobWorkers workers = new(JobId.New(), 7, grains, null!, DiskWait.None, Happened, (_, done) => done());

        workers.Start(new StartAttempt(
            new AttemptId(new TaskId(new StageId(0), 0), 1), "127.0.0.1:21301@1", [], new Dictionary<int, byte[]>()));

        Assert.Equal(7, await stopped.Task.WaitAsync(Deadline));

        void Happened(CoordinatorEvent happened)
        {
            Assert.IsType<AttemptStopped>(happened);
            stopped.SetResult(task.CancelledBy);
        }
    }

    /// <summary>Has one grain, whatever is asked for.</summary>
    public class OneGrain : DispatchProxy
    {
        public object? Grain { get; set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Grain;
    }

    /// <summary>Hears what it is told, and its answers are lost.</summary>
    private sealed class MuteTask : ITaskGrain
    {
        private int _cancelledBy;

        public int CancelledBy => Volatile.Read(ref _cancelledBy);

        public Task<bool> StartAsync(int epoch, WireDocument start) => Task.FromException<bool>(new TimeoutException());

        public Task CancelAsync(int epoch)
        {
            Volatile.Write(ref _cancelledBy, epoch);
            return Task.FromException(new TimeoutException());
        }
    }
}
