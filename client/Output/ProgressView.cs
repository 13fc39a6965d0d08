using System.Diagnostics;
using Sluice.Jobs;
using Spectre.Console;

namespace Sluice.Client;

/// <summary>Shows how far a job is, on standard error: a live line on a terminal, a plain line now and then elsewhere.</summary>
internal static class ProgressView
{
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(5);

    /// <summary>Runs a job and shows its progress as long as it runs.</summary>
    public static Task<JobReport> ShowAsync(
        Terminal terminal, OutputStyle style, Func<IProgress<JobProgress>?, Task<JobReport>> run)
    {
        if (!style.HasProgress)
        {
            return run(null);
        }

        return terminal.IsErrorTerminal ? ShowLiveAsync(terminal, style, run) : run(new PlainLines(terminal.Error));
    }

    private static Task<JobReport> ShowLiveAsync(
        Terminal terminal, OutputStyle style, Func<IProgress<JobProgress>?, Task<JobReport>> run)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            ColorSystem = style.HasColor ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(terminal.Error),
        });
        return console.Progress()
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn(),
                new DownloadedColumn(),
                new TransferSpeedColumn(),
                new RemainingTimeColumn())
            .StartAsync(async view =>
            {
                ProgressTask task = view.AddTask("starting");
                return await run(new LiveLine(task));
            });
    }

    /// <summary>What is happening: the stage, its tasks, and what was spilled.</summary>
    private static string Describe(JobProgress progress)
    {
        string spilled = progress.SpilledBytes > 0 ? $", {ByteText.OfBytes(progress.SpilledBytes)} spilled" : "";
        return $"{progress.Stage} {progress.TasksDone}/{progress.TasksTotal}{spilled}";
    }

    private sealed class LiveLine(ProgressTask task) : IProgress<JobProgress>
    {
        public void Report(JobProgress value)
        {
            task.MaxValue = Math.Max(1, value.BytesTotal);
            task.Value = value.BytesDone;
            task.Description = Describe(value);
        }
    }

    private sealed class PlainLines(TextWriter writer) : IProgress<JobProgress>
    {
        private long _last = Stopwatch.GetTimestamp();

        public void Report(JobProgress value)
        {
            if (Stopwatch.GetElapsedTime(_last) < PlainInterval)
            {
                return;
            }

            _last = Stopwatch.GetTimestamp();
            double seconds = value.Elapsed.TotalSeconds;
            double left = value.BytesDone > 0 ? seconds * (value.BytesTotal - value.BytesDone) / value.BytesDone : 0;
            writer.WriteLine(
                $"{Describe(value)}: {ByteText.OfBytes(value.BytesDone)} of {ByteText.OfBytes(value.BytesTotal)}, " +
                $"{ByteText.OfRate(value.BytesDone, seconds)}, about {ByteText.OfSeconds(left)} left");
        }
    }
}
