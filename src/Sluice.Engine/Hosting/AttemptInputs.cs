using Sluice.Exchange;
using Sluice.Jobs;

namespace Sluice.Engine;

/// <summary>Makes of a coordinator's command what an attempt is told, wherever the job was prepared.</summary>
/// <param name="Id">The job.</param>
/// <param name="Job">As this process prepared it.</param>
/// <param name="StagingPath">Where attempts write parts.</param>
internal sealed record AttemptInputs(JobId Id, JobPreparation Job, string StagingPath)
{
    public AttemptInput Of(StartAttempt start)
    {
        StagePlan stage = Job.Plan.Stages[start.Attempt.Task.Stage.Value];
        int index = start.Attempt.Task.Index;
        byte[]? boundaries = stage.Output is ShuffleOutput { BoundariesFrom: int sample } ? start.Values[sample] : null;
        return new AttemptInput(
            OutputOf(start.Attempt),
            stage,
            Job.Catalog.Files,
            SplitsOf(stage, index),
            [.. start.Producers.Select(made => new ProducerOutput(OutputOf(made.Attempt), made.Runs, made.Worker))],
            boundaries is null ? null : BoundaryCodec.Decode(boundaries),
            stage.Output is SinkOutput
                ? Path.Combine(StagingPath, OutputNames.Attempt(index, start.Attempt.Number))
                : null)
        {
            Upstream = stage.Input is ShuffleInput shuffle ? Job.Plan.Stages[shuffle.Stage].Name : "",
            Waves = (stage.Tasks + Job.Plan.Parallelism - 1) / Job.Plan.Parallelism,
            TraceParent = start.TraceParent,
            ProducerSpans = [.. start.Producers.Select(made => made.Span).OfType<string>()],
        };
    }

    public OutputId OutputOf(AttemptId attempt) => OutputOf(Id, attempt);

    public static OutputId OutputOf(JobId job, AttemptId attempt) =>
        new(job.Value, attempt.Task.Stage.Value, attempt.Task.Index, attempt.Number);

    private IReadOnlyList<InputSplit> SplitsOf(StagePlan stage, int index) => (stage.Input, stage.Output) switch
    {
        (ReadInput, SampleOutput) => SplitPlan.Sample(Job.Catalog.Files, Job.Format),
        (ReadInput, _) => Job.Splits[index],
        _ => [],
    };
}
