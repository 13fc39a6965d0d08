namespace Sluice.Grains;

/// <summary>
/// Gives a silo's slots to attempts: to the job that runs fewest here, in the order in which its attempts came.
/// </summary>
/// <remarks>Threading: any thread; what is started is started outside of the lock.</remarks>
/// <param name="slots">Attempts that run at once.</param>
internal sealed class SlotQueue(int slots)
{
    private readonly Lock _gate = new();
    private readonly List<Waiting> _waiting = [];
    private readonly Dictionary<Guid, int> _runningByJob = [];
    private int _running;

    public int Running
    {
        get
        {
            lock (_gate)
            {
                return _running;
            }
        }
    }

    public int Queued
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>
    /// Starts an attempt as soon as there is a slot for it; whoever starts it calls <see cref="Leave"/> at its end.
    /// </summary>
    /// <param name="attempt">Which.</param>
    /// <param name="start">Called once, on the caller's thread or on that of whoever leaves.</param>
    public void Enter(WireAttempt attempt, Action start)
    {
        lock (_gate)
        {
            _waiting.Add(new Waiting(attempt, start));
        }

        StartWhatCan();
    }

    /// <summary>Takes an attempt out that has not started.</summary>
    /// <returns>False when it has started, or was never here.</returns>
    public bool TryRemove(WireAttempt attempt)
    {
        lock (_gate)
        {
            return _waiting.RemoveAll(waiting => waiting.Attempt == attempt) > 0;
        }
    }

    /// <summary>Gives a slot back.</summary>
    public void Leave(Guid job)
    {
        lock (_gate)
        {
            _running--;
            int left = _runningByJob[job] - 1;
            if (left == 0)
            {
                _runningByJob.Remove(job);
            }
            else
            {
                _runningByJob[job] = left;
            }
        }

        StartWhatCan();
    }

    private void StartWhatCan()
    {
        while (TryNext() is Waiting next)
        {
            next.Start();
        }
    }

    private Waiting? TryNext()
    {
        lock (_gate)
        {
            if (_running >= slots || _waiting.Count == 0)
            {
                return null;
            }

            // MinBy takes the first of equals: the one that has waited longest.
            Waiting next = _waiting.MinBy(waiting => _runningByJob.GetValueOrDefault(waiting.Attempt.Job))!;
            _waiting.Remove(next);
            _running++;
            _runningByJob[next.Attempt.Job] = _runningByJob.GetValueOrDefault(next.Attempt.Job) + 1;
            return next;
        }
    }

    private sealed record Waiting(WireAttempt Attempt, Action Start);
}
