using System.Collections.Concurrent;
using Sluice.Exchange;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>Runs attempts on threads of their own and tells how they ended.</summary>
/// <remarks>
/// Threading: any thread; an end is told on a thread of its own, before the attempt is forgotten, so that whoever
/// disposes this has been told all of them.
/// </remarks>
internal sealed class AttemptThreads : IDisposable
{
    // A few levels of sorting recursion need more than the smallest default stack.
    private const int StackSize = 4 << 20;

    private readonly AttemptRunner _runner;
    private readonly int _slots;
    private readonly ConcurrentDictionary<OutputId, Running> _running = new();

    /// <param name="runner">Runs one attempt on the thread that calls it.</param>
    /// <param name="slots">Attempts that run at once, for messages about memory; who starts them keeps to it.</param>
    public AttemptThreads(AttemptRunner runner, int slots)
    {
        _runner = runner;
        _slots = slots;
    }

    /// <summary>Where they run, for traces.</summary>
    public string Silo { get; init; } = SiloLabel.Local;

    /// <summary>How far the attempts are that run now.</summary>
    public IEnumerable<KeyValuePair<OutputId, AttemptProgress>> Progress =>
        _running.Select(running => KeyValuePair.Create(running.Key, running.Value.Progress.Snapshot));

    /// <summary>Bytes that outputs moved from memory to files after their attempts had ended; it only grows.</summary>
    public long ReclaimedBytes => _runner.ReclaimedBytes;

    /// <summary>Starts an attempt.</summary>
    /// <param name="attempt">Which.</param>
    /// <param name="input">What it is told.</param>
    /// <param name="ended">Told once, however it ends, also when there is no thread for it.</param>
    public void Start(AttemptId attempt, AttemptInput input, Action<AttemptEnd> ended)
    {
        Running running = new(_runner.NewProgress(), new CancellationTokenSource(), new TaskCompletionSource());
        _running[input.Id] = running;
        void End(AttemptEnd end)
        {
            ended(end);
            _running.TryRemove(input.Id, out _);
            running.Ended.SetResult();
        }

        try
        {
            ProcessLimits.StartThread(
                $"sluice {attempt}", () => End(RunTraced(attempt, input, running)), StackSize);
        }
        catch (ThreadLimitException exception)
        {
            // Not from here: the caller may hold a lock.
            ThreadPool.QueueUserWorkItem(_ => End(AttemptEnd.Failed(attempt, exception, _slots)));
        }
    }

    /// <summary>Asks an attempt to stop; nothing happens when it has ended.</summary>
    public void Cancel(OutputId attempt)
    {
        if (_running.TryGetValue(attempt, out Running? running))
        {
            running.Cancellation.Cancel();
        }
    }

    /// <summary>Cancels what still runs and waits for it.</summary>
    public void Dispose()
    {
        Running[] left = [.. _running.Values];
        foreach (Running running in left)
        {
            running.Cancellation.Cancel();
        }

        Task.WaitAll(left.Select(running => running.Ended.Task));
    }

    private AttemptEnd RunTraced(AttemptId attempt, AttemptInput input, Running running)
    {
        AttemptTrace? trace = null;
        AttemptEnd end;
        try
        {
            trace = AttemptTrace.Begin(input, Silo);
            TaskOutcome outcome = _runner.Run(input, running.Progress, running.Cancellation.Token);
            trace.Succeeded(outcome);
            end = AttemptEnd.Succeeded(attempt, outcome);
        }
        catch (OperationCanceledException) when (running.Cancellation.IsCancellationRequested)
        {
            trace?.Stopped();
            end = AttemptEnd.Stopped(attempt);
        }
#pragma warning disable CA1031 // Whatever the user's code or a layer threw becomes the attempt's failure.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            end = AttemptEnd.Failed(attempt, exception, _slots);
            trace?.Failed(end.Failure!.Error);
        }

        end = end with { Span = trace?.Id, ReclaimedBytes = ReclaimedBytes };
        trace?.Dispose();
        return end;
    }

    private sealed record Running(
        TaskProgress Progress, CancellationTokenSource Cancellation, TaskCompletionSource Ended);
}
