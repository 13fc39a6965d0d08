using Sluice.Jobs;

namespace Sluice.Engine;

/// <summary>Cuts inputs into what each task reads.</summary>
/// <remarks>
/// One big file is read by all tasks, many small ones are read several a task. A task's splits lie behind each other in
/// the order of the inputs, so that task order is input order. Tasks start in that order, and equal bytes are not equal
/// work: so later tasks are smaller, as in factoring (Hummel, Schonberg and Flynn 1992), and no slot waits long for the
/// last one.
/// </remarks>
internal static class SplitPlan
{
    private const long SmallestTask = 8L << 20;
    private const long LargestTask = 128L << 20;

    // Each wave of tasks, one a slot, takes half of what is left.
    private const int WaveShare = 2;

    private const int SampleWindows = 256;
    private const long SampleWindow = 32 * 1024;

    /// <summary>The splits of each task.</summary>
    public static IReadOnlyList<InputSplit[]> Cut(IReadOnlyList<InputFile> files, RecordFormat format, int parallelism)
    {
        long left = files.Sum(file => file.Length);
        long target = SizeInWave(left, parallelism);
        int unit = format is FixedFormat fixedFormat ? fixedFormat.RecordLength : 1;
        List<InputSplit[]> tasks = [];
        List<InputSplit> current = [];
        long filled = 0;
        for (int file = 0; file < files.Count; file++)
        {
            long length = files[file].Length;
            if (length == 0)
            {
                // Who reads it finds whether it has grown since.
                current.Add(new InputSplit(file, 0, 0));
            }

            for (long start = 0; start < length;)
            {
                // The last piece takes a rest that is too small for a task of its own.
                long room = (Math.Max(target - filled, 1) + unit - 1) / unit * unit;
                long end = length - start <= room + (target / 4) ? length : start + room;
                current.Add(new InputSplit(file, start, end));
                filled += end - start;
                start = end;
                if (filled >= target)
                {
                    tasks.Add([.. current]);
                    current.Clear();
                    left -= filled;
                    filled = 0;
                    target = tasks.Count % parallelism == 0 ? SizeInWave(left, parallelism) : target;
                }
            }
        }

        if (filled > 0 || tasks.Count == 0)
        {
            tasks.Add([.. current]);
        }
        else
        {
            tasks[^1] = [.. tasks[^1], .. current];
        }

        return tasks;
    }

    /// <summary>Small pieces evenly spread over all inputs; all of a small input.</summary>
    public static InputSplit[] Sample(IReadOnlyList<InputFile> files, RecordFormat format)
    {
        long total = files.Sum(file => file.Length);
        int unit = format is FixedFormat fixedFormat ? fixedFormat.RecordLength : 1;
        long step = Math.Max(SampleWindow, total / SampleWindows);
        List<InputSplit> windows = [];
        long before = 0;
        long next = 0;
        for (int file = 0; file < files.Count; file++)
        {
            long length = files[file].Length;
            for (; next < before + length; next += step)
            {
                long start = (next - before) / unit * unit;
                long end = Math.Min(length, start + ((SampleWindow + unit - 1) / unit * unit));
                windows.Add(new InputSplit(file, start, end));
            }

            before += length;
        }

        return [.. windows];
    }

    private static long SizeInWave(long left, int parallelism) =>
        Math.Clamp(left / ((long)parallelism * WaveShare), SmallestTask, LargestTask);
}
