using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Sluice.Engine;
using Sluice.Exchange;
using Sluice.Jobs;

namespace Sluice.Grains;

/// <summary>The jobs that have anything on a silo, and their attempts on its slots.</summary>
/// <remarks>
/// Jobs are planned here anew from their orders; delegates never travel. Ownership: owns its jobs; disposing ends them.
/// Threading: any thread; attempts run on threads of their own.
/// </remarks>
/// <param name="make">Plans a job here.</param>
/// <param name="slots">The silo's.</param>
/// <param name="outputs">The silo's.</param>
/// <param name="logger">The silo's.</param>
internal sealed class SiloJobs(
    Func<JobOrder, int, SiloJob> make, SlotQueue slots, ResultPartitionStore outputs, ILogger logger) : IDisposable
{
    private static readonly TimeSpan LeakPatience = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<Guid, SiloJob> _jobs = new();
    private readonly ConcurrentDictionary<SiloJob, Guid> _ending = new();
    private readonly ConcurrentDictionary<BufferTracing, Guid> _watched = new(); // Of jobs that are over.

    public IEnumerable<SiloJob> All => _jobs.Values;

    public IEnumerable<Guid> Ids => _jobs.Keys;

    /// <summary>Whether there are attempts whose ends their jobs have not taken in.</summary>
    public bool HasUntold => All.Any(job => job.Attempts.Count > 0);

    /// <summary>The job of that id, when it has been prepared here.</summary>
    public SiloJob? Find(Guid job) => _jobs.GetValueOrDefault(job);

    /// <summary>Plans a job here, unless that was done before.</summary>
    /// <exception cref="SluiceException">It cannot run here.</exception>
    public SiloJob Prepare(JobOrder order, int epoch)
    {
        if (!_jobs.TryGetValue(order.Id.Value, out SiloJob? job))
        {
            SiloJob made = make(order, epoch);
            job = _jobs.GetOrAdd(order.Id.Value, made);
            if (job != made)
            {
                made.Dispose();
            }
        }

        job.Obeys(epoch);
        return job;
    }

    /// <summary>Runs an attempt as soon as it has a slot.</summary>
    /// <param name="attempt">Which.</param>
    /// <param name="epoch">Of the coordinator that commands.</param>
    /// <param name="start">What it commands.</param>
    /// <param name="ended">Told once, when the attempt was taken on.</param>
    /// <returns>False when it was refused: unknown job, replaced coordinator, or taken on before.</returns>
    public bool TryStart(WireAttempt attempt, int epoch, StartAttempt start, Action<AttemptEnd> ended)
    {
        if (Find(attempt.Job) is not SiloJob job || !job.Obeys(epoch) || !job.TryAdd(attempt, ended))
        {
            return false;
        }

        slots.Enter(attempt, () =>
        {
            LoggerOf(attempt).AttemptStarted(attempt.Id);
            job.Run(start, () => slots.Leave(attempt.Job));
        });
        return true;
    }

    /// <summary>Asks an attempt to stop; one that waits for a slot has stopped.</summary>
    public void Cancel(WireAttempt attempt, int epoch)
    {
        if (Find(attempt.Job) is SiloJob job && job.Obeys(epoch))
        {
            job.Cancel(attempt);
            StopIfWaiting(job, attempt);
        }
    }

    /// <summary>
    /// Stops a job's attempts, waits for them, and throws away all that is left of it, also where another call does
    /// that just now.
    /// </summary>
    public void End(Guid id)
    {
        if (Find(id) is SiloJob job)
        {
            // In this order, so that whoever else ends it finds it in one of the two.
            _ending[job] = id;
            _jobs.TryRemove(KeyValuePair.Create(id, job));
        }

        foreach (SiloJob ending in _ending.Where(ending => ending.Value == id).Select(ending => ending.Key))
        {
            End(ending);
        }
    }

    /// <summary>What jobs that are over have not given back will not come any more: it is told as leaks now.</summary>
    public void FindLeaks()
    {
        foreach (BufferTracing tracing in _watched.Keys)
        {
            FindLeaks(tracing);
        }
    }

    /// <summary>Logs about a job.</summary>
    public ILogger LoggerOf(JobId job) => new ScopedLogger(logger, () => new LogScope(job, null, default));

    /// <summary>Logs about an attempt.</summary>
    public ILogger LoggerOf(WireAttempt attempt) => new ScopedLogger(logger, () =>
    {
        ActivityContext.TryParse(Find(attempt.Job)?.Order.TraceParent, null, out ActivityContext trace);
        return new LogScope(new JobId(attempt.Job), attempt.Id, trace.TraceId);
    });

    public void Dispose()
    {
        foreach (Guid job in _jobs.Keys.Concat(_ending.Values))
        {
            End(job);
        }
    }

    private void End(SiloJob job)
    {
        job.End();
        foreach (WireAttempt attempt in job.Attempts)
        {
            StopIfWaiting(job, attempt);
        }

        job.Dispose();
        foreach (WireAttempt attempt in job.Taken)
        {
            outputs.Release(attempt.Output);
        }

        if (_ending.TryRemove(job, out _) && job.Tracing is BufferTracing tracing)
        {
            _watched[tracing] = job.Order.Id.Value;
            FindLeaksAsync(tracing).Ignore();
        }
    }

    private void StopIfWaiting(SiloJob job, WireAttempt attempt)
    {
        if (slots.TryRemove(attempt))
        {
            job.Stop(attempt);
        }
    }

    // What was just being sent comes back when it is written, or when the desk has forgotten it: then the rest is
    // leaks.
    private async Task FindLeaksAsync(BufferTracing tracing)
    {
        await Task.Delay(LeakPatience);
        FindLeaks(tracing);
    }

    private void FindLeaks(BufferTracing tracing)
    {
        if (_watched.TryRemove(tracing, out _))
        {
            tracing.Dispose();
        }
    }
}
