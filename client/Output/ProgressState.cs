using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>How far something is.</summary>
/// <param name="Step">What is being done, a few words.</param>
/// <param name="Detail">Tasks done, or nothing.</param>
/// <param name="BytesDone">Bytes of the whole way that are done.</param>
/// <param name="BytesTotal">Bytes of the whole way.</param>
/// <param name="Elapsed">Since it began.</param>
internal sealed record ProgressState(string Step, string Detail, long BytesDone, long BytesTotal, TimeSpan Elapsed)
{
    /// <summary>Done, between 0 and 1.</summary>
    public double Fraction => BytesTotal <= 0 ? 0 : Math.Clamp((double)BytesDone / BytesTotal, 0, 1);

    /// <summary>`1.2 GiB of 4 GiB`.</summary>
    public string Bytes => $"{ByteText.OfBytes(BytesDone)} of {ByteText.OfBytes(BytesTotal)}";

    /// <summary>Bytes a second since it began.</summary>
    public string Rate => ByteText.OfRate(BytesDone, Elapsed.TotalSeconds);

    /// <summary>The rest at the rate so far; `-` before there is one.</summary>
    public string Remaining => BytesDone <= 0 || BytesTotal < BytesDone
        ? "-"
        : ByteText.OfSeconds(Elapsed.TotalSeconds * (BytesTotal - BytesDone) / BytesDone);
}

/// <summary>Shows a job's progress.</summary>
internal sealed class JobProgressAdapter(string name, ProgressView view) : IProgress<JobProgress>
{
    public void Report(JobProgress value)
    {
        string detail = $"{value.TasksDone}/{value.TasksTotal} tasks";
        if (value.SpilledBytes > 0)
        {
            detail += $", {ByteText.OfBytes(value.SpilledBytes)} spilled";
        }

        if (value.Paused is not null)
        {
            detail = value.Paused;
        }

        view.Report(
            new ProgressState(
                $"{name} {value.Stage}".TrimEnd(), detail, value.BytesDone, value.BytesTotal, value.Elapsed));
    }
}

/// <summary>Shows the progress of something that counts bytes.</summary>
internal sealed class ByteProgressAdapter(string step, long total, ProgressView view) : IProgress<long>
{
    private readonly long _start = TimeProvider.System.GetTimestamp();

    public void Report(long value) =>
        view.Report(new ProgressState(step, "", value, total, TimeProvider.System.GetElapsedTime(_start)));
}
