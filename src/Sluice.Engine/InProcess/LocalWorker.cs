using System.Collections.Concurrent;
using Sluice.Exchange;
using Sluice.Jobs;

namespace Sluice.Engine;

/// <summary>Runs attempts on threads of its own and tells how they ended.</summary>
/// <remarks>Threading: started and cancelled from the job's thread; ends are told through the queue it was given.</remarks>
internal sealed class LocalWorker : IDisposable
{
    // A few levels of sorting recursion need more than the smallest default stack.
    private const int StackSize = 4 << 20;

    private readonly AttemptRunner _runner;
    private readonly BlockingCollection<WorkerMessage> _messages;
    private readonly int _slots;
    private readonly ConcurrentDictionary<AttemptId, Running> _running = new();

    public LocalWorker(AttemptRunner runner, BlockingCollection<WorkerMessage> messages, int slots)
    {
        _runner = runner;
        _messages = messages;
        _slots = slots;
    }

    /// <summary>How far the attempts are that run now.</summary>
    public IEnumerable<TaskProgress> Progress => _running.Values.Select(running => running.Progress);

    public void Start(AttemptId attempt, AttemptInput input)
    {
        Running running = new(new TaskProgress(), new CancellationTokenSource());
        _running[attempt] = running;
        Thread thread = new(() => Run(attempt, input, running), StackSize)
        {
            IsBackground = true,
            Name = $"sluice {attempt}",
        };
        running.Thread = thread;
        thread.Start();
    }

    public void Cancel(AttemptId attempt)
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

        foreach (Running running in left)
        {
            running.Thread?.Join();
        }
    }

    private void Run(AttemptId attempt, AttemptInput input, Running running)
    {
        WorkerMessage message;
        try
        {
            TaskOutcome outcome = _runner.Run(input, running.Progress, running.Cancellation.Token);
            message = new WorkerMessage(attempt, new AttemptSucceeded(attempt, ResultOf(outcome)), outcome);
        }
        catch (OperationCanceledException) when (running.Cancellation.IsCancellationRequested)
        {
            message = new WorkerMessage(attempt, new AttemptStopped(attempt), null);
        }
#pragma warning disable CA1031 // Whatever the user's code or a layer threw becomes the attempt's failure.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            message = new WorkerMessage(attempt, Failed(attempt, exception), null);
        }

        // Told first: whoever disposes the worker waits for all that are still known to run.
        _messages.Add(message);
        _running.TryRemove(attempt, out _);
    }

    private static AttemptResult ResultOf(TaskOutcome outcome) => new()
    {
        Runs = outcome.Output?.RunCount ?? 0,
        Written = outcome.Written,
        Read = outcome.Read,
        Value = outcome.Boundaries is null ? null : BoundaryCodec.Encode(outcome.Boundaries),
    };

    private CoordinatorEvent Failed(AttemptId attempt, Exception exception)
    {
        (SluiceError error, bool canRetry) = FailureTranslation.OfAttempt(exception, attempt.Task.ToString(), _slots);
        AttemptFailure failure = new(error, canRetry, exception.ToString());
        if (exception is OutputLostException { Output: OutputId lost })
        {
            return new OutputLost(
                attempt, new AttemptId(new TaskId(new StageId(lost.Stage), lost.Task), lost.Attempt), failure);
        }

        return new AttemptFailed(attempt, failure);
    }

    private sealed record Running(TaskProgress Progress, CancellationTokenSource Cancellation)
    {
        public Thread? Thread { get; set; }
    }
}

/// <summary>How an attempt ended, and what it made.</summary>
internal sealed record WorkerMessage(AttemptId? Attempt, CoordinatorEvent Event, TaskOutcome? Outcome);
