using Microsoft.Extensions.Options;
using Sluice.Engine;
using Sluice.Jobs;

namespace Sluice.Grains;

/// <summary>A job whose host died, ready to go on.</summary>
/// <param name="Job">Planned anew, for the coordinator that goes on.</param>
/// <param name="Output">Its output directory, taken over.</param>
internal sealed record ResumedJob(PlannedJob Job, OutputDirectory Output);

/// <summary>What was found of a job that has no host here; nothing of it when there is nothing to go on with.</summary>
internal sealed record FoundJob
{
    /// <summary>It is ready to go on.</summary>
    public ResumedJob? Resumed { get; init; }

    /// <summary>It is over.</summary>
    public JobView? Ended { get; init; }

    /// <summary>The silo died that was planning it; nothing of it was written yet.</summary>
    public JobOrder? Unplanned { get; init; }

    /// <summary>The name of the silo that hosted it, as far as that is remembered.</summary>
    public string Host { get; init; } = "";

    /// <summary>Another process holds it still: one that hangs, or has not let go yet.</summary>
    public JobOrder? Held { get; init; }
}

/// <summary>Plans jobs from their orders, and finds those whose host died by their journals.</summary>
/// <remarks>Reads and writes files: not for a grain's turn.</remarks>
internal sealed class JobPlanning(IOptions<SluiceSiloOptions> options, ILocalSiloDetails here)
{
    /// <exception cref="SluiceException">The job cannot run like this.</exception>
    public JobPreparation Prepare(JobOrder order) => JobPreparation.Of(order, options.Value.Jobs);

    /// <summary>
    /// Plans a job that is new; what this silo does not see is told as every other silo would tell it.
    /// </summary>
    /// <exception cref="SluiceException">The job cannot run like this here.</exception>
    public PlannedJob PlanNew(JobOrder order)
    {
        try
        {
            return new PlannedJob(order, Prepare(order), Epoch: 1);
        }
        catch (SluiceException exception)
        {
            throw new SluiceException(exception.Error.On(here.Name), exception);
        }
    }

    /// <summary>The tasks that silos run at once.</summary>
    /// <exception cref="SluiceException">None.</exception>
    public static int SlotsOf(IReadOnlyList<SiloView> workers)
    {
        int slots = workers.Sum(worker => worker.Slots);
        return slots > 0 ? slots : throw new SluiceException(SluiceErrors.NoSlots(workers.Count));
    }

    /// <summary>What is wrong with the memory that a job is to have of each silo; null when it is enough there, and
    /// there is so much.</summary>
    public static SluiceError? RefuseMemory(JobOrder order, IReadOnlyList<SiloView> workers)
    {
        long memory = order.MemoryBytes;
        if (memory == 0 || workers.Count == 0)
        {
            return null;
        }

        foreach (SiloView worker in workers)
        {
            long least = EngineOptions.LeastMemory(worker.Slots, worker.SegmentSize);
            if (memory < least)
            {
                return SluiceErrors.MemoryTooSmall(memory, least, worker.Slots).On(worker.Name) with
                {
                    Help = FormattableString.Invariant($"give at least --memory {(least + 1023) / 1024}KiB"),
                };
            }
        }

        long most = workers.Max(PoolOf);
        return memory > most ? SluiceErrors.MemoryBeyondPools(memory, most) : null;
    }

    /// <summary>What a job does on these silos: schema `sluice.plan/1`.</summary>
    /// <param name="order">How it is ordered.</param>
    /// <param name="job">As it is planned.</param>
    /// <param name="workers">The silos; memory is told of the smallest of them.</param>
    /// <returns>Null when none of them has a slot.</returns>
    public static string? PlanOn(JobOrder order, JobPreparation job, IReadOnlyList<SiloView> workers)
    {
        SiloView? least = workers.Where(worker => worker.Slots > 0).MinBy(PoolOf);
        if (least is null)
        {
            return null;
        }

        long pool = PoolOf(least);
        return job
            .Describe(order.Name, order.MemoryBytes > 0 ? Math.Min(order.MemoryBytes, pool) : pool, least.Slots)
            .ToJson();
    }

    /// <summary>Takes a job over that has a journal and no living host.</summary>
    /// <param name="job">Its id.</param>
    /// <param name="output">Its output directory.</param>
    /// <exception cref="IOException">What it left cannot be read at the moment, so that nobody knows whether there is
    /// anything; the message says what to do.</exception>
    public FoundJob TryResume(JobId job, string output)
    {
        string journal = Path.Combine(output, OutputNames.Staging(job), OutputNames.Journal);
        if (Look(journal, () => Journal.Read(journal)) is not IReadOnlyList<JournalEntry> entries)
        {
            return new FoundJob { Ended = Published(job, output) };
        }

        if (entries.FirstOrDefault(entry => entry.Order is not null)?.Order is not JobOrder order)
        {
            return new FoundJob();
        }

        OutputDirectory? taken = Look(output, () => OutputDirectory.TryResume(output, job, order.Overwrite));
        if (taken is null)
        {
            JobView? published = Published(job, output);
            bool isHeld = published is null && Look(journal, () => Journal.Read(journal)) is not null;
            return new FoundJob { Ended = published, Held = isHeld ? order : null };
        }

        try
        {
            int epoch = 2 + entries.Count(entry => entry.Kind == "resumed");
            return new FoundJob { Resumed = new ResumedJob(new PlannedJob(order, Prepare(order), epoch), taken) };
        }
        catch
        {
            taken.Abandon();
            throw;
        }
    }

    private static long PoolOf(SiloView silo) => (long)silo.Segments * silo.SegmentSize;

    // What cannot be read is not taken for what is not there: its silos would throw away what they have of the job.
    private T? Look<T>(string path, Func<T?> read)
        where T : class
    {
        try
        {
            return SharedPath.ReadAnew(path, read);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"{path} cannot be read on silo {here.Name} ({exception.Message.TrimEnd('.')}); " +
                    "give that silo access to it again, and the job goes on",
                exception);
        }
    }

    // Its host died between publishing and telling: what is left of its report is in the output.
    private JobView? Published(JobId job, string output) =>
        Look(output, () => SuccessFile.TryRead(output, out SuccessFile? found) ? found : null) is SuccessFile success
            && success.Id == job.ToString()
            ? new JobView
            {
                Id = job.Value,
                Name = success.Name,
                Status = JobStatus.Succeeded,
                Output = output,
                Report = ReportOf(success, output).ToJson(indented: false),
            }
            : null;

    private static JobReport ReportOf(SuccessFile success, string output) => new()
    {
        Id = success.Id,
        Name = success.Name,
        Status = JobStatus.Succeeded,
        Seconds = 0,
        TraceId = new string('0', 32),
        Records = new RecordCounts(0, 0, success.Certificate.Records),
        Bytes = new ByteCounts(0, 0, 0, success.Parts.Sum(part => part.Bytes)),
        PeakMemoryBytes = 0,
        Certificate = new Certificate(success.Certificate.Records, success.Certificate.Checksum),
        Stages = [],
        Output = output,
        Parts = success.Parts.Count,
        Warnings = ["the job's host was lost after the output was in place, and the counts of its stages with it."],
    };
}
