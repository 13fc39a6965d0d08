using System.Diagnostics;
using Sluice.Engine;
using Sluice.Jobs;

namespace Sluice.Grains;

/// <summary>One job's coordinator on the silos: takes in what they tell, and which of them come and go.</summary>
/// <remarks>
/// What the in-process engine's run is to threads, this is to silos. A coordinator that goes on after this one, here or
/// on another silo, is another run. Ownership: owns the host. Threading: turns of the job's grain, which may interleave
/// where this awaits; the coordinator itself never awaits, so each event is taken in whole.
/// </remarks>
internal sealed class ClusterRun
{
    private static readonly TimeSpan WritePatience = TimeSpan.FromSeconds(5);

    private readonly PlannedJob _job;
    private readonly JobCrew _crew;
    private readonly Action<Exception?> _over;
    private Task _writing = Task.CompletedTask;
    private bool _isClosed;

    private ClusterRun(PlannedJob job, JobCrew crew, Action<Exception?> over)
    {
        _job = job;
        _crew = crew;
        _over = over;
    }

    public JobHost Host { get; private set; } = null!;

    /// <summary>Whether it takes nothing in any more.</summary>
    public bool IsOver => _isClosed || Host.IsFinished;

    /// <summary>Takes the output directory for a new job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="crew">The silos that run it.</param>
    /// <param name="over">
    /// Told once: with null when the job is finished, or with why its journal cannot be written. That stops the job:
    /// what the journal would announce must not happen.
    /// </param>
    /// <exception cref="OutputRefusedException">The output exists, is in use, or cannot be written.</exception>
    public static async Task<ClusterRun> BeginAsync(PlannedJob job, JobCrew crew, Action<Exception?> over)
    {
        ClusterRun run = new(job, crew, over);
        IJobWorkers hands = crew.HandsOf(job.Epoch, run.Handle, run.Write);
        JobOrder order = job.Order;
        run.Host = await Task.Run(
            () => JobHost.Begin(order.Id, order.Name, job.Preparation, order.Overwrite, order, hands));
        return run;
    }

    /// <summary>Goes on with a job whose host died.</summary>
    /// <param name="resumed">The job, with its output directory taken over.</param>
    /// <param name="crew">The silos that run it.</param>
    /// <param name="over">As with a new job.</param>
    public static async Task<ClusterRun> ResumeAsync(ResumedJob resumed, JobCrew crew, Action<Exception?> over)
    {
        PlannedJob job = resumed.Job;
        ClusterRun run = new(job, crew, over);
        IJobWorkers hands = crew.HandsOf(job.Epoch, run.Handle, run.Write);
        run.Host = await Task.Run(() => JobHost.Resume(job.Order, job.Preparation, resumed.Output, hands));
        return run;
    }

    /// <summary>After another host: has the silos join again, and finds out what was lost meanwhile.</summary>
    public async Task RejoinAsync(IReadOnlyList<SiloView> workers)
    {
        HashSet<WireAttempt> alive = [.. await _crew.JoinAsync(workers, _job, mustAll: false)];
        List<AttemptId> gone =
            [.. Host.State.AllRunning().Where(attempt => !alive.Contains(WireAttempt.Of(_job.Order.Id, attempt)))];
        List<string> lost = [.. Host.State.AllWorkers().Where(silo => workers.All(worker => worker.Silo != silo))];
        gone.ForEach(attempt => Handle(new AttemptStopped(attempt)));
        lost.ForEach(silo => Handle(new WorkerLost(silo)));
    }

    /// <summary>The silos that have joined get attempts from now on.</summary>
    public void Go(IReadOnlyList<SiloView> workers)
    {
        foreach (SiloView worker in workers.Where(worker => _crew.Has(worker.Silo)))
        {
            Handle(JobCrew.JoinOf(worker, _job.Preparation));
        }
    }

    /// <summary>To be called about every second: tells the coordinator how late it is, and about its silos.</summary>
    public Task WatchAsync()
    {
        Do(host => host.Tick());
        return RefreshAsync();
    }

    /// <summary>An attempt has ended; returns when that is in the journal.</summary>
    /// <exception cref="InvalidOperationException">It was not written: the end is to be told again.</exception>
    public async Task EndedAsync(AttemptEnd end)
    {
        // A reader may notice a dead silo before this does; then the producer is not to blame.
        if (end.LostProducer is not null)
        {
            await RefreshAsync();
        }

        Do(host => host.Handle(end));
        await SettleAsync();

        // Its silo forgets the end when this returns.
        if (!Host.IsFinished && (_isClosed || !Host.IsSettled))
        {
            throw new InvalidOperationException(
                $"The end of {end.Attempt} is not in the journal of job {_job.Order.Id}; its silo tells it again.");
        }
    }

    /// <summary>A silo tells how it is, which the ends of its attempts tell only when there are some.</summary>
    public void Take(SiloHeartbeat heartbeat) =>
        Do(host => host.Reclaimed(heartbeat.Silo, heartbeat.ReclaimedBytes));

    public void Cancel() => Do(host => host.Cancel());

    /// <summary>Takes nothing in any more; the host is its caller's to dispose of.</summary>
    public void Close() => _isClosed = true;

    /// <summary>Lets go of the job as the death of this silo would: another host goes on.</summary>
    public Task AbandonAsync()
    {
        Close();

        // A publish ends its step first, and a line of the journal is written to its end: that may take long.
        return Task.Run(Host.Abandon);
    }

    // While a call is under way the grain cannot leave, which is what ends the wait for a full disk.
    private async Task SettleAsync()
    {
        long start = Stopwatch.GetTimestamp();
        while (!IsOver && !Host.IsSettled && Stopwatch.GetElapsedTime(start) < WritePatience)
        {
            await Task.WhenAny(_writing, Task.Delay(WritePatience));
        }
    }

    private void Handle(CoordinatorEvent happened) => Do(host => host.Handle(happened));

    // Tells the coordinator which silos have come, drain or are gone.
    private Task RefreshAsync() => IsOver ? Task.CompletedTask : _crew.RefreshAsync(_job, Host.State, Handle);

    // Turns go on meanwhile: whatever stands behind these lines waits, heartbeats and questions do not.
    private void Write(Action work, Action done) => _writing = WriteAsync(work, done);

    private async Task WriteAsync(Action work, Action done)
    {
        // Never inside of whatever decides on more lines.
        await Task.Yield();
        try
        {
            await LongWork.Run(work);
        }
#pragma warning disable CA1031 // Whatever it was, what the journal would announce must not happen.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Break(exception);
            return;
        }

        Do(_ => done());
    }

    private void Break(Exception exception)
    {
        if (!IsOver)
        {
            Close();
            _over(exception);
        }
    }

    private void Do(Action<JobHost> what)
    {
        if (IsOver)
        {
            return;
        }

        what(Host);
        if (Host.IsFinished)
        {
            _over(null);
        }
    }
}
