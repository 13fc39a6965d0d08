using Microsoft.Extensions.Logging;
using Sluice.Jobs;

namespace Sluice.Grains;

/// <summary>A grain's way to the history: what is written later stands, and a history that fails stops nothing.</summary>
/// <remarks>Called in turns of one grain, which may interleave where this awaits.</remarks>
internal sealed class JobMemory(IJobHistory history, ILogger logger)
{
    private Task _last = Task.CompletedTask;

    /// <summary>Remembers, after all that was to be remembered before.</summary>
    public Task WriteAsync(JobRecord job) => _last = WriteAfterAsync(_last, job);

    /// <summary>How a job stood last; null when it is not remembered, or nobody can tell now.</summary>
    public async Task<JobView?> FindAsync(Guid job)
    {
        try
        {
            return await history.FindAsync(job);
        }
#pragma warning disable CA1031 // A disk or a database may fail in many ways; jobs run without their history.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.HistoryUnread(exception, new JobId(job));
            return null;
        }
    }

    /// <summary>The newest jobs; none when nobody can tell now.</summary>
    public async Task<IReadOnlyList<JobView>> NewestAsync(int most)
    {
        try
        {
            return await history.NewestAsync(most);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.HistoryUnlisted(exception);
            return [];
        }
    }

    /// <summary>All that is remembered of a job.</summary>
    public async Task<JobRecord?> ReadAsync(Guid job)
    {
        try
        {
            return await history.ReadAsync(job);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.HistoryUnread(exception, new JobId(job));
            return null;
        }
    }

    private async Task WriteAfterAsync(Task before, JobRecord job)
    {
        await before;
        try
        {
            await history.WriteAsync(job);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.JobForgotten(exception, new JobId(job.View.Id));
        }
    }
}
