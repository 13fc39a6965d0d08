using Sluice.Jobs;

namespace Sluice.Engine;

/// <summary>What can happen to a job.</summary>
internal abstract record CoordinatorEvent;

/// <summary>A worker offers slots.</summary>
internal sealed record WorkerJoined(string Worker, int Slots) : CoordinatorEvent
{
    /// <summary>Tasks whose input lies on its own disks: it is asked first to run them.</summary>
    public IReadOnlyList<TaskId> Near { get; init; } = [];
}

/// <summary>A worker is gone, with its attempts and the outputs it held.</summary>
internal sealed record WorkerLost(string Worker) : CoordinatorEvent;

/// <summary>A worker takes no new attempts; those it has go on.</summary>
internal sealed record WorkerDraining(string Worker) : CoordinatorEvent;

/// <summary>Time has passed: now it is so many seconds after the job was ordered.</summary>
internal sealed record TimePassed(double Now) : CoordinatorEvent;

/// <summary>An attempt ended well.</summary>
internal sealed record AttemptSucceeded(AttemptId Attempt, AttemptResult Result) : CoordinatorEvent;

/// <summary>An attempt failed.</summary>
internal sealed record AttemptFailed(AttemptId Attempt, AttemptFailure Failure) : CoordinatorEvent;

/// <summary>An attempt could not read what a producer wrote: that producer's work is lost.</summary>
internal sealed record OutputLost(AttemptId Reader, AttemptId Producer, AttemptFailure Failure) : CoordinatorEvent;

/// <summary>An attempt that was cancelled has stopped.</summary>
internal sealed record AttemptStopped(AttemptId Attempt) : CoordinatorEvent;

/// <summary>The output is in place.</summary>
internal sealed record OutputPublished : CoordinatorEvent;

/// <summary>The output could not be put into place.</summary>
internal sealed record PublishFailed(AttemptFailure Failure) : CoordinatorEvent;

/// <summary>The user wants it to stop.</summary>
internal sealed record CancelRequested(AttemptFailure Reason) : CoordinatorEvent;
