using System.Globalization;
using System.Text.Json.Serialization;

namespace Sluice.Client;

/// <summary>What `bench sort` measured.</summary>
/// <param name="Schema">The schema's name.</param>
/// <param name="Benchmark">`sort`.</param>
/// <param name="Tasks">Map tasks at once.</param>
/// <param name="MemoryBytes">Of all of them together.</param>
/// <param name="Records">Records of each round, all tasks together.</param>
/// <param name="Bytes">Bytes of them.</param>
/// <param name="WarmUp">Rounds before those that count.</param>
/// <param name="Rounds">Those that count, in order.</param>
/// <param name="Median">The round in the middle, of those that count, by each measure.</param>
internal sealed record SortBenchJson(
    string Schema,
    string Benchmark,
    int Tasks,
    long MemoryBytes,
    long Records,
    long Bytes,
    int WarmUp,
    IReadOnlyList<SortRoundJson> Rounds,
    SortRoundJson Median) : IBenchResult
{
    [JsonIgnore]
    public string Conditions => string.Create(
        CultureInfo.InvariantCulture, $"{Records} records in {Tasks} tasks with {MemoryBytes} bytes of memory");

    [JsonIgnore]
    public IReadOnlyList<BenchMeasure>? Measures =>
        Median is null ? null : [new BenchMeasure("records/s", Median.RecordsPerSecond)];
}

/// <summary>One round, or the middle of several. Times of phases are of the average task.</summary>
/// <param name="Seconds">From the first record to the last task's one file.</param>
/// <param name="RecordsPerSecond">Of all tasks together.</param>
/// <param name="CollectSeconds">Collecting, waiting for the spiller included.</param>
/// <param name="BlockedSeconds">Waiting for the spiller.</param>
/// <param name="SortSeconds">Sorting, beside collecting or not.</param>
/// <param name="SpillSeconds">Writing runs.</param>
/// <param name="MergeSeconds">Merging the runs into one file.</param>
/// <param name="Spills">Runs that went to files.</param>
/// <param name="SpilledBytes">Bytes of them.</param>
internal sealed record SortRoundJson(
    double Seconds,
    double RecordsPerSecond,
    double CollectSeconds,
    double BlockedSeconds,
    double SortSeconds,
    double SpillSeconds,
    double MergeSeconds,
    long Spills,
    long SpilledBytes)
{
    /// <summary>The middle by each measure.</summary>
    public static SortRoundJson MedianOf(IReadOnlyList<SortRoundJson> rounds) => new(
        BenchMeasure.Middle(rounds, round => round.Seconds),
        BenchMeasure.Middle(rounds, round => round.RecordsPerSecond),
        BenchMeasure.Middle(rounds, round => round.CollectSeconds),
        BenchMeasure.Middle(rounds, round => round.BlockedSeconds),
        BenchMeasure.Middle(rounds, round => round.SortSeconds),
        BenchMeasure.Middle(rounds, round => round.SpillSeconds),
        BenchMeasure.Middle(rounds, round => round.MergeSeconds),
        (long)BenchMeasure.Middle(rounds, round => round.Spills),
        (long)BenchMeasure.Middle(rounds, round => round.SpilledBytes));
}
