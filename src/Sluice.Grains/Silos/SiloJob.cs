using Sluice.Engine;
using Sluice.Jobs;

namespace Sluice.Grains;

/// <summary>One job as one silo knows it: its plan, its attempts here, and the coordinator it obeys.</summary>
/// <remarks>
/// Calls of a coordinator come in any order and more than once: an attempt runs once at the most, and not at all when
/// it was cancelled before it came or when the job has ended. Threading: any thread.
/// </remarks>
internal sealed class SiloJob : IDisposable
{
    private readonly AttemptThreads _threads;
    private readonly int _slots;
    private readonly Lock _gate = new();

    // Under _gate.
    private readonly HashSet<WireAttempt> _taken = [];
    private readonly HashSet<WireAttempt> _cancelled = [];
    private readonly Dictionary<WireAttempt, Action<AttemptEnd>> _untold = [];
    private bool _isEnded;
    private int _epoch;

    /// <param name="order">How the job was ordered.</param>
    /// <param name="job">As this silo prepared it.</param>
    /// <param name="threads">Runs its attempts.</param>
    /// <param name="slots">Attempts that run here at once, for messages about memory.</param>
    /// <param name="epoch">Of the coordinator that prepared it.</param>
    public SiloJob(JobOrder order, JobPreparation job, AttemptThreads threads, int slots, int epoch)
    {
        Order = order;
        Preparation = job;
        Inputs = new AttemptInputs(
            order.Id, job, Path.Combine(job.OutputPath, OutputNames.Staging(order.Id)));
        _threads = threads;
        _slots = slots;
        _epoch = epoch;
    }

    /// <summary>What is remembered of the job here.</summary>
    public required JobRecording Recording { get; init; }

    /// <summary>Watches the lives of its buffers; null watches none.</summary>
    public BufferTracing? Tracing { get; init; }

    public JobOrder Order { get; }

    public JobPreparation Preparation { get; }

    public AttemptInputs Inputs { get; }

    /// <summary>Attempts that wait for a slot, run, or have ends that the coordinator has not taken yet.</summary>
    public IReadOnlyCollection<WireAttempt> Attempts
    {
        get
        {
            lock (_gate)
            {
                return [.. _untold.Keys];
            }
        }
    }

    /// <summary>All attempts that were taken on here, also those that have ended.</summary>
    public IReadOnlyCollection<WireAttempt> Taken
    {
        get
        {
            lock (_gate)
            {
                return [.. _taken];
            }
        }
    }

    /// <summary>How far the attempts are that run now.</summary>
    public IEnumerable<AttemptProgress> Progress => _threads.Progress.Select(running => running.Value);

    /// <summary>
    /// Bytes that outputs here moved from memory to files after their attempts had ended; it only grows.
    /// </summary>
    public long ReclaimedBytes => _threads.ReclaimedBytes;

    /// <summary>Whether a coordinator may command here: none that was replaced.</summary>
    public bool Obeys(int epoch)
    {
        lock (_gate)
        {
            _epoch = Math.Max(_epoch, epoch);
            return epoch == _epoch;
        }
    }

    /// <summary>Takes an attempt on, once.</summary>
    /// <param name="attempt">Which.</param>
    /// <param name="ended">Told once, however it ends.</param>
    /// <returns>False when it was taken on before, also when it has ended since, and when the job has ended.</returns>
    public bool TryAdd(WireAttempt attempt, Action<AttemptEnd> ended)
    {
        lock (_gate)
        {
            if (_isEnded || !_taken.Add(attempt))
            {
                return false;
            }

            _untold[attempt] = ended;
            return true;
        }
    }

    /// <summary>Runs an attempt that has a slot now, unless it was cancelled meanwhile.</summary>
    /// <param name="start">What the coordinator commands.</param>
    /// <param name="left">Gives the slot back; called before the end is told.</param>
    public void Run(StartAttempt start, Action left)
    {
        WireAttempt attempt = WireAttempt.Of(Order.Id, start.Attempt);
        AttemptEnd end = AttemptEnd.Stopped(start.Attempt);
        try
        {
            if (TryRun(attempt, start, left))
            {
                return;
            }
        }
#pragma warning disable CA1031 // An attempt that cannot even begin has failed: its job waits for an end.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            end = AttemptEnd.Failed(start.Attempt, exception, _slots);
        }

        left();
        Tell(attempt, end);
    }

    /// <summary>Asks an attempt to stop, also one that comes only later.</summary>
    public void Cancel(WireAttempt attempt)
    {
        lock (_gate)
        {
            _cancelled.Add(attempt);
        }

        _threads.Cancel(attempt.Output);
    }

    /// <summary>An attempt that waited for a slot will not get one.</summary>
    public void Stop(WireAttempt attempt) => Tell(attempt, AttemptEnd.Stopped(attempt.Id));

    /// <summary>The coordinator has taken the attempt's end in.</summary>
    public void Forget(WireAttempt attempt)
    {
        lock (_gate)
        {
            _untold.Remove(attempt);
        }
    }

    /// <summary>Takes no attempts any more, and starts none of those that wait.</summary>
    public void End()
    {
        lock (_gate)
        {
            _isEnded = true;
        }
    }

    /// <summary>Cancels what runs and waits for it.</summary>
    public void Dispose()
    {
        End();
        _threads.Dispose();
    }

    // Under the lock, so that whoever cancels or ends the job afterwards finds the attempt among those that run.
    private bool TryRun(WireAttempt attempt, StartAttempt start, Action left)
    {
        AttemptInput input = Inputs.Of(start);
        lock (_gate)
        {
            if (_isEnded || _cancelled.Contains(attempt))
            {
                return false;
            }

            DateTimeOffset started = DateTimeOffset.UtcNow;
            _threads.Start(start.Attempt, input, told =>
            {
                left();
                Recording.Add(new AttemptTimes(
                    attempt.Stage,
                    input.Stage.Name,
                    attempt.Task,
                    attempt.Attempt,
                    started,
                    DateTimeOffset.UtcNow,
                    ErrorOf(told)));
                Tell(attempt, told);
            });
            return true;
        }
    }

    private static string? ErrorOf(AttemptEnd end) =>
        end.Outcome is not null ? null : end.Failure is AttemptFailure failure ? failure.Error.What : "stopped";

    private void Tell(WireAttempt attempt, AttemptEnd end)
    {
        Action<AttemptEnd>? ended;
        lock (_gate)
        {
            ended = _untold.GetValueOrDefault(attempt);
        }

        ended?.Invoke(end);
    }
}
