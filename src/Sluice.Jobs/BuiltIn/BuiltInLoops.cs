namespace Sluice.Jobs;

/// <summary>Loops over records in the jobs that come with Sluice, to be compiled before the first record.</summary>
public static class BuiltInLoops
{
    /// <summary>What has them, in the order in which a job meets it.</summary>
    public static IReadOnlyList<Type> Types { get; } = [typeof(WordSplitter), typeof(WordCountJob)];
}
