using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>Who does what a coordinator commands: threads of this process, or silos of a cluster.</summary>
/// <remarks>No call waits for attempts; ends come back to <see cref="JobHost"/>.</remarks>
internal interface IJobWorkers
{
    /// <summary>Waits where the disk is full that the journal and the output are on.</summary>
    DiskWait DiskWait { get; }

    /// <summary>Starts an attempt on the worker it names; its end is told once.</summary>
    void Start(StartAttempt start);

    /// <summary>Asks an attempt to stop.</summary>
    void Cancel(AttemptId attempt, string worker);

    /// <summary>Throws an output away.</summary>
    void Discard(AttemptId attempt, string worker);

    /// <summary>Gives back one partition of each of these outputs.</summary>
    void DiscardPartition(IReadOnlyList<ProducerWin> producers, int partition);

    /// <summary>Writes the journal beside the coordinator, since that may take long.</summary>
    /// <param name="work">Writes; this is not called again before <paramref name="done"/> was.</param>
    /// <param name="done">To be called when it is written, where events are handled; not when it failed.</param>
    void Write(Action work, Action done);

    /// <summary>Does what takes long beside the coordinator, then has its event handled.</summary>
    void Aside(Func<CoordinatorEvent> work);
}
