using System.Text.Json;
using Sluice.Engine;
using Sluice.Jobs;

namespace Sluice.Grains;

/// <summary>Looks for a job that has no host here: for its journal, for its output, and in the history.</summary>
/// <remarks>Called in turns of the job's grain; files are read on the thread pool.</remarks>
internal sealed class JobSearch(JobId id, JobPlanning planning, JobMemory memory, SiloRoster roster)
{
    /// <param name="output">Its output directory; empty when nobody knows.</param>
    /// <exception cref="IOException">What it left cannot be read at the moment, so that nobody knows whether there is
    /// anything; the message says what to do.</exception>
    public async Task<FoundJob> FindAsync(string output)
    {
        FoundJob found = output.Length == 0
            ? new FoundJob()
            : await Task.Run(() => planning.TryResume(id, output));
        return found == new FoundJob() && await memory.FindAsync(id.Value) is JobView known
            ? await FindAsync(known)
            : found;
    }

    // There is no journal of it, only what is remembered.
    private async Task<FoundJob> FindAsync(JobView known)
    {
        if (known.IsOver)
        {
            // It ended on a host that had left while it planned.
            return new FoundJob { Ended = known };
        }

        JobRecord? lost = known.Status == JobStatus.Planning && !roster.IsHosted(known)
            ? await memory.ReadAsync(id.Value)
            : null;
        return new FoundJob
        {
            Unplanned = lost?.Order is string order
                ? JsonSerializer.Deserialize(order, CoordinationJson.Default.JobOrder)
                : null,
            Host = known.Host,
        };
    }
}
