using System.Diagnostics.CodeAnalysis;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>
/// What a job's host writes itself: on a full disk it waits for room, as its tasks do, while there is any use in that.
/// </summary>
/// <remarks>Threading: any thread.</remarks>
/// <param name="wait">Waits, and tells that it does.</param>
[SuppressMessage("Design", "CA1001", Justification = "Whoever waits with it may outlive its host for a moment.")]
internal sealed class PatientWrites(DiskWait wait)
{
    private readonly CancellationTokenSource _end = new();
    private AttemptFailure? _cause;

    /// <summary>Writes, again and again until there is room.</summary>
    /// <param name="path">Where, for people.</param>
    /// <param name="write">May be run several times.</param>
    /// <exception cref="IOException">There was no room in time, it failed otherwise, or nobody needs it any
    /// more.</exception>
    /// <exception cref="SluiceException">The job has failed or was cancelled meanwhile: why.</exception>
    public void Run(string path, Action write)
    {
        try
        {
            wait.Run(path, write, _end.Token);
        }
        catch (Exception exception) when (
            exception is IOException or OperationCanceledException && _end.IsCancellationRequested)
        {
            throw _cause is AttemptFailure cause
                ? new SluiceException(cause.Error, new AggregateException(cause.Detail, exception))
                : new IOException($"Nobody waits any more for room to write {path}.", exception);
        }
    }

    /// <summary>From now on what finds no room fails at once, and so does what waits.</summary>
    /// <param name="cause">Why the job has failed; null when its host lets go of it.</param>
    public void EndPatience(AttemptFailure? cause)
    {
        if (!_end.IsCancellationRequested)
        {
            _cause = cause;
            _end.Cancel();
        }
    }
}
