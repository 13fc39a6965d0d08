using Sluice.Jobs;

namespace Sluice.Engine;

/// <summary>What a silo remembers of the jobs it has worked for last, to be asked for without any backend.</summary>
/// <remarks>Bounded in jobs, attempts and lives: some megabytes at the most. Threading: any thread.</remarks>
/// <param name="silo">Its name.</param>
internal sealed class TraceRecorder(string silo)
{
    private const int MostJobs = 16;

    private readonly Lock _gate = new();

    // Under _gate; the oldest first.
    private readonly List<JobRecording> _jobs = [];

    /// <summary>What is remembered of a job, to be added to; the oldest job gives way.</summary>
    public JobRecording Of(Guid job)
    {
        lock (_gate)
        {
            JobRecording? known = _jobs.Find(one => one.Job == job);
            if (known is null)
            {
                known = new JobRecording(job);
                _jobs.Add(known);
                if (_jobs.Count > MostJobs)
                {
                    _jobs.RemoveAt(0);
                }
            }

            return known;
        }
    }

    /// <summary>What is remembered of a job; null when it is not known here.</summary>
    public SiloTimeline? Find(Guid job)
    {
        lock (_gate)
        {
            return _jobs.Find(one => one.Job == job)?.ToTimeline(silo);
        }
    }
}

/// <summary>What a silo remembers of one job.</summary>
/// <remarks>
/// Lives that cross silos and those that do not each have room of their own. Of either kind those are kept whose span
/// has the smallest number, and a received life counts under the number of the span its bytes came from: so all silos
/// keep the same ones without a word between them, and a life can be told from one end to the other.
/// </remarks>
internal sealed class JobRecording(Guid job)
{
    private const int MostAttempts = 1024;
    private const int MostLives = 32;

    private readonly Lock _gate = new();

    // Under _gate.
    private readonly List<AttemptTimes> _attempts = [];
    private readonly SortedList<(ulong Number, string SpanId), BufferTrace> _crossing = [];
    private readonly SortedList<(ulong Number, string SpanId), BufferTrace> _staying = [];
    private int _attemptsLeftOut;
    private int _livesLeftOut;

    public Guid Job => job;

    public void Add(AttemptTimes attempt)
    {
        lock (_gate)
        {
            if (_attempts.Count < MostAttempts)
            {
                _attempts.Add(attempt);
            }
            else
            {
                _attemptsLeftOut++;
            }
        }
    }

    public void Add(BufferTrace life)
    {
        bool isCrossing = life.Links.Count > 0 || life.Steps.Any(step => step.Kind == "sent");
        string origin = life.Links.Count > 0 ? life.Links[0] : life.SpanId;
        lock (_gate)
        {
            SortedList<(ulong Number, string SpanId), BufferTrace> kept = isCrossing ? _crossing : _staying;
            kept[(Convert.ToUInt64(origin, 16), life.SpanId)] = life;
            if (kept.Count > MostLives)
            {
                kept.RemoveAt(kept.Count - 1);
                _livesLeftOut++;
            }
        }
    }

    public SiloTimeline ToTimeline(string silo)
    {
        lock (_gate)
        {
            return new SiloTimeline(
                silo,
                [.. _attempts],
                _attemptsLeftOut,
                [.. _crossing.Values.Concat(_staying.Values).OrderBy(life => life.Started)],
                _livesLeftOut);
        }
    }
}
