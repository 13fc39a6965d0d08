using System.Collections.Concurrent;
using Sluice.Engine;

namespace Sluice.Grains;

/// <summary>One job as one silo knows it: its plan, its attempts here, and the coordinator it obeys.</summary>
/// <remarks>Threading: any thread.</remarks>
internal sealed class SiloJob : IDisposable
{
    private readonly AttemptThreads _threads;
    private readonly ConcurrentDictionary<WireAttempt, AttemptEnd?> _attempts = new();
    private int _epoch;

    public SiloJob(JobOrder order, JobPreparation job, AttemptThreads threads, int epoch)
    {
        Order = order;
        Preparation = job;
        Inputs = new AttemptInputs(
            order.Id, job, Path.Combine(job.OutputPath, OutputNames.Staging(order.Id)));
        _threads = threads;
        _epoch = epoch;
    }

    public JobOrder Order { get; }

    public JobPreparation Preparation { get; }

    public AttemptInputs Inputs { get; }

    /// <summary>Attempts that wait for a slot, run, or have ends that the coordinator has not taken yet.</summary>
    public IReadOnlyCollection<WireAttempt> Attempts => [.. _attempts.Keys];

    /// <summary>How far the attempts are that run now.</summary>
    public IEnumerable<AttemptProgress> Progress => _threads.Progress.Select(running => running.Value);

    /// <summary>Whether a coordinator may command here: none that was replaced.</summary>
    public bool Obeys(int epoch)
    {
        int known = Volatile.Read(ref _epoch);
        while (epoch > known)
        {
            int seen = Interlocked.CompareExchange(ref _epoch, epoch, known);
            if (seen == known)
            {
                return true;
            }

            known = seen;
        }

        return epoch == known;
    }

    /// <summary>Takes an attempt on, once.</summary>
    /// <returns>False when it was taken on before.</returns>
    public bool TryAdd(WireAttempt attempt) => _attempts.TryAdd(attempt, null);

    /// <summary>Runs an attempt that has a slot now.</summary>
    public void Run(StartAttempt start, Action<AttemptEnd> ended) => _threads.Start(start.Attempt, Inputs.Of(start), ended);

    public void Cancel(WireAttempt attempt) => _threads.Cancel(attempt.Output);

    /// <summary>The coordinator has taken the attempt's end in.</summary>
    public void Forget(WireAttempt attempt) => _attempts.TryRemove(attempt, out _);

    /// <summary>Cancels what runs and waits for it.</summary>
    public void Dispose() => _threads.Dispose();
}
