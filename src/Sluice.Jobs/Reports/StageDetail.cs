namespace Sluice.Jobs;

/// <summary>The task of a stage that took the longest.</summary>
/// <param name="Task">Its index, from 0.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="RecordsIn">What it read.</param>
/// <param name="Silo">Where it ran; `local` in this process.</param>
public sealed record LongestTask(int Task, double Seconds, long RecordsIn, string Silo);

/// <summary>What one silo did for a stage.</summary>
/// <param name="Silo">Which; `local` in this process.</param>
/// <param name="Tasks">Winning attempts that ran there.</param>
/// <param name="Seconds">Their time, added up.</param>
/// <param name="RecordsIn">What they read.</param>
public sealed record SiloShare(string Silo, int Tasks, double Seconds, long RecordsIn);
