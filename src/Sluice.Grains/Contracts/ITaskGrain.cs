
namespace Sluice.Grains;

/// <summary>One attempt of one task. The key names silo, job, stage, task and attempt: <see cref="TaskKey"/>.</summary>
/// <remarks>It lives on the silo of its key or not at all.</remarks>
[Alias("sluice.ITaskGrain")]
public interface ITaskGrain : IGrainWithStringKey
{
    /// <summary>Starts the attempt, once; returns before it has run.</summary>
    /// <param name="epoch">Of the coordinator that commands; one that was replaced is refused.</param>
    /// <param name="start">What the coordinator commands.</param>
    /// <returns>False when it was refused.</returns>
    [Alias("Start")]
    Task<bool> StartAsync(int epoch, WireDocument start);

    /// <summary>Asks the attempt to stop; nothing happens when it does not run.</summary>
    [Alias("Cancel")]
    Task CancelAsync(int epoch);
}

/// <summary>The key of a task grain: where it lives, and which attempt it is.</summary>
internal static class TaskKey
{
    public static string Of(string silo, WireAttempt attempt) =>
        $"{silo}/{attempt.Job:N}/{attempt.Stage}/{attempt.Task}/{attempt.Attempt}";

    public static string SiloOf(string key) => key[..key.IndexOf('/', StringComparison.Ordinal)];

    public static WireAttempt AttemptOf(string key)
    {
        string[] parts = key.Split('/');
        return new WireAttempt
        {
            Job = Guid.ParseExact(parts[1], "N"),
            Stage = int.Parse(parts[2], System.Globalization.CultureInfo.InvariantCulture),
            Task = int.Parse(parts[3], System.Globalization.CultureInfo.InvariantCulture),
            Attempt = int.Parse(parts[4], System.Globalization.CultureInfo.InvariantCulture),
        };
    }
}
