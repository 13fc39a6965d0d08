using System.Diagnostics;
using Sluice.Jobs;
using Sluice.Observability;

namespace Sluice.Engine;

/// <summary>The last proof of a job, and the move of its parts into place.</summary>
/// <remarks>Threading: called once, on a thread of <see cref="IJobWorkers.Aside"/>.</remarks>
internal sealed class JobPublication(
    string name, OutputDirectory output, Journal journal, JobStatistics statistics, PatientWrites writes)
{
    /// <summary>Makes ready what is written at the end, while others are at work.</summary>
    public static void Prepare()
    {
        PublishedPart part = new(0, 1, 0, default);
        _ = SuccessFile.Of(default, "", default, [part]).ToJson();
        _ = new PublishIntent([new PublishMove("", "")]).ToJson();
    }

    /// <summary>Compares the output with the input, moves the parts, and tells how that went.</summary>
    /// <param name="parts">The winners' parts.</param>
    /// <param name="trace">Gets a span of it; null traces nothing.</param>
    public CoordinatorEvent Publish(IReadOnlyList<PublishedPart> parts, JobTrace? trace)
    {
        Activity? span = trace?.BeginCommit(parts.Count);
        CoordinatorEvent told = Publish(parts);
        if (told is PublishFailed failed)
        {
            Spans.Fail(span, failed.Failure.Error.Code, failed.Failure.Error.What);
        }

        Spans.End(span);
        return told;
    }

    private CoordinatorEvent Publish(IReadOnlyList<PublishedPart> parts)
    {
        try
        {
            if (statistics.FindOutputMismatch() is SluiceError mismatch)
            {
                return new PublishFailed(new AttemptFailure(mismatch, false, mismatch.What));
            }

            output.Publish(name, statistics.Sink, parts, writes.Run, journal.Retire);
            return new OutputPublished();
        }
#pragma warning disable CA1031 // Whatever it was ends the job, which would wait for this for ever.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            SluiceError error = FailureTranslation.OfJob(exception).Error;
            return new PublishFailed(new AttemptFailure(error, false, exception.ToString()));
        }
    }
}
