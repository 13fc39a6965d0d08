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
            // An output may be lost after it was read; its rerun writes the same, or the reader has been refused.
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

    /// <summary>The partitions for which a rerun wrote something else than the run whose output was lost.</summary>
    public static IEnumerable<int> ChangedPartitions(IReadOnlyList<RecordSum> lost, IReadOnlyList<RecordSum> rerun) =>
        Enumerable.Range(0, Math.Max(lost.Count, rerun.Count))
            .Where(partition => SumOf(lost, partition) != SumOf(rerun, partition));

    // What was not told counts as nothing read or written, and so does not pass for something.
    private static RecordSum SumOf(IReadOnlyList<RecordSum> sums, int index) =>
        index < sums.Count ? sums[index] : default;
}
