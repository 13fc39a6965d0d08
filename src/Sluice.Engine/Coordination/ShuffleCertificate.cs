using System.Globalization;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>Compares what was written into a shuffle with what was read from it, per (producer, partition).</summary>
internal static class ShuffleCertificate
{
    /// <summary>What a reader read of each producer must be what that producer's winner wrote for it.</summary>
    /// <returns>The first difference, naming producer, partition and both sums; null when there is none.</returns>
    public static SluiceError? FindMismatch(CoordinatorState state, AttemptId reader, AttemptResult result)
    {
        if (state.Stages[reader.Task.Stage.Value].Spec.Reads is not int reads)
        {
            return null;
        }

        List<TaskState> producers = state.Stages[reads].Tasks;
        for (int producer = 0; producer < producers.Count; producer++)
        {
            // An output may be lost after it was read; its rerun wrote the same, or who read meanwhile is refused.
            TaskState task = producers[producer];
            RecordSum written = SumOf(task.Winner?.Result.Written ?? task.LostSums ?? [], reader.Task.Index);
            RecordSum read = SumOf(result.Read, producer);
            if (written != read)
            {
                string where = string.Create(
                    CultureInfo.InvariantCulture, $"stage {reads} task {producer}, partition {reader.Task.Index}");
                return SluiceErrors.CertificateMismatch(where, written.ToString(), read.ToString());
            }
        }

        return null;
    }

    /// <summary>The tasks that read what a rerun wrote otherwise than the run whose output was lost.</summary>
    public static IEnumerable<(TaskId Id, TaskState Task)> ReadersOfChanged(
        CoordinatorState state, TaskId producer, IReadOnlyList<RecordSum> lost, IReadOnlyList<RecordSum> rerun)
    {
        foreach (int stage in StageOrder.Readers(state, producer.Stage.Value))
        {
            List<TaskState> readers = state.Stages[stage].Tasks;
            for (int partition = 0; partition < readers.Count; partition++)
            {
                if (SumOf(lost, partition) != SumOf(rerun, partition))
                {
                    yield return (new TaskId(new StageId(stage), partition), readers[partition]);
                }
            }
        }
    }

    // What was not told counts as nothing read or written, and so does not pass for something.
    private static RecordSum SumOf(IReadOnlyList<RecordSum> sums, int index) =>
        index < sums.Count ? sums[index] : default;
}
