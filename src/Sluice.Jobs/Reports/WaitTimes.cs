namespace Sluice.Jobs;

/// <summary>
/// What the threads of tasks waited for, seconds; each moment counts once, and the rest of a task is work.
/// </summary>
/// <param name="Input">Reads of input files.</param>
/// <param name="SpillRead">Reads of spill files, of its own or of a producer on the same machine.</param>
/// <param name="Fetch">Blocks of other silos.</param>
/// <param name="Memory">Segments of the pool.</param>
/// <param name="Spill">Writes of spill files, and the spiller that makes them.</param>
/// <param name="Output">Writes of parts.</param>
public sealed record WaitTimes(
    double Input, double SpillRead, double Fetch, double Memory, double Spill, double Output)
{
    /// <summary>No waiting at all.</summary>
    public static WaitTimes Zero { get; } = new(0, 0, 0, 0, 0, 0);

    public static WaitTimes operator +(WaitTimes left, WaitTimes right) => new(
        left.Input + right.Input,
        left.SpillRead + right.SpillRead,
        left.Fetch + right.Fetch,
        left.Memory + right.Memory,
        left.Spill + right.Spill,
        left.Output + right.Output);

    /// <summary>Time without input, seconds.</summary>
    public double Idle() => Input + SpillRead + Fetch;

    /// <summary>Time without room for what was made, seconds.</summary>
    public double BackPressured() => Memory + Spill + Output;

    /// <summary>The same, to the millisecond.</summary>
    public WaitTimes Rounded() => new(
        Math.Round(Input, 3),
        Math.Round(SpillRead, 3),
        Math.Round(Fetch, 3),
        Math.Round(Memory, 3),
        Math.Round(Spill, 3),
        Math.Round(Output, 3));
}

/// <summary>How tasks shared out their time, per cent; the three add up to 100.</summary>
/// <param name="Busy">At work.</param>
/// <param name="BackPressured">Waiting for memory, for the spiller, or for the output.</param>
/// <param name="Idle">Waiting for input.</param>
public sealed record TimeShares(double Busy, double BackPressured, double Idle)
{
    /// <summary>The shares of a time; a time of nothing counts as work.</summary>
    /// <param name="seconds">The tasks' time.</param>
    /// <param name="waits">Parts of it.</param>
    public static TimeShares Of(double seconds, WaitTimes waits)
    {
        double idle = Percent(waits.Idle(), seconds);
        double pressed = Math.Min(Percent(waits.BackPressured(), seconds), 100 - idle);
        return new TimeShares(Math.Round(100 - idle - pressed, 1), pressed, idle);
    }

    // Rounded first, so that what is left is exactly the rest.
    private static double Percent(double part, double whole) =>
        whole <= 0 ? 0 : Math.Round(Math.Clamp(100 * part / whole, 0, 100), 1);
}
