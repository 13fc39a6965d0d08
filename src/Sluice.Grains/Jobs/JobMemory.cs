using Microsoft.Extensions.Logging;
using Sluice.Jobs;

namespace Sluice.Grains;

/// <summary>
/// A grain's way to the history: what is written later stands, and a history that fails stops nothing.
/// </summary>
/// <remarks>Called in turns of one grain, which may interleave where this awaits.</remarks>
internal sealed class JobMemory(IJobHistory history, ILogger logger)
{
    private Task _last = Task.CompletedTask;

    /// <summary>Remembers, after all that was to be remembered before.</summary>
    public Task WriteAsync(JobRecord job) => _last = WriteAfterAsync(_last, job);

    /// <summary>How a job stood last; null when it is not remembered, or nobody can tell now.</summary>
    public Task<JobView?> FindAsync(Guid job) =>
        TryAsync(() => history.FindAsync(job), null, exception => logger.HistoryUnread(exception, new JobId(job)));

    /// <summary>The newest jobs; none when nobody can tell now.</summary>
    public Task<IReadOnlyList<JobView>> NewestAsync(int most) =>
        TryAsync(() => history.NewestAsync(most), [], logger.HistoryUnlisted);

    /// <summary>All that is remembered of a job.</summary>
    public Task<JobRecord?> ReadAsync(Guid job) =>
        TryAsync(() => history.ReadAsync(job), null, exception => logger.HistoryUnread(exception, new JobId(job)));

    private async Task WriteAfterAsync(Task before, JobRecord job)
    {
        await before;
        await TryAsync(
            async () =>
            {
                await history.WriteAsync(job);
                return true;
            },
            false,
            exception => logger.JobForgotten(exception, new JobId(job.View.Id)));
    }

    private static async Task<T> TryAsync<T>(Func<Task<T>> ask, T otherwise, Action<Exception> log)
    {
        try
        {
            return await ask();
        }
#pragma warning disable CA1031 // A disk or a database may fail in many ways; jobs run without their history.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            log(exception);
            return otherwise;
        }
    }
}
