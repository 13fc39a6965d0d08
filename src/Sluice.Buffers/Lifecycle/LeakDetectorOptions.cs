namespace Sluice.Buffers;

/// <summary>How closely a <see cref="LeakDetector"/> looks.</summary>
public sealed record LeakDetectorOptions
{
    /// <summary>Which lives it follows. The more, the surer a leak is found and the more each step costs.</summary>
    public LeakDetection Level { get; init; } = LeakDetection.Full;

    /// <summary>At <see cref="LeakDetection.Sampled"/>, follows one life in so many.</summary>
    public int SampleOneIn { get; init; } = 1024;

    /// <summary>
    /// Steps that are kept of each life, half of them the first and half the latest. What is between is counted.
    /// </summary>
    public int StepsKept { get; init; } = 32;

    internal void Validate()
    {
        if (Level is < LeakDetection.Off or > LeakDetection.Full)
        {
            throw new ArgumentOutOfRangeException(nameof(Level), Level, "There are Off, Sampled and Full.");
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(SampleOneIn);
        ArgumentOutOfRangeException.ThrowIfLessThan(StepsKept, 2);
    }
}
