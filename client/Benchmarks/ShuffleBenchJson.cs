using System.Globalization;
using System.Text.Json.Serialization;

namespace Sluice.Client;

/// <summary>What `bench shuffle` measured.</summary>
/// <param name="Schema">The schema's name.</param>
/// <param name="Benchmark">`shuffle`.</param>
/// <param name="Where">`local`, or the gateways of a cluster.</param>
/// <param name="Cores">What rates of a core are divided by.</param>
/// <param name="Records">Records of each round.</param>
/// <param name="Bytes">Bytes of them.</param>
/// <param name="WarmUp">Rounds before those that count.</param>
/// <param name="Rounds">Those that count, in order.</param>
/// <param name="Median">The round in the middle, of those that count, by each measure.</param>
/// <param name="Exchange">Between two silos, without sorting and disks; null where there are no two.</param>
internal sealed record ShuffleBenchJson(
    string Schema,
    string Benchmark,
    string Where,
    int Cores,
    long Records,
    long Bytes,
    int WarmUp,
    IReadOnlyList<ShuffleRoundJson> Rounds,
    ShuffleRoundJson Median,
    BenchExchangeJson? Exchange) : IBenchResult
{
    /// <summary>Where a benchmark runs that runs in this process.</summary>
    public const string Local = "local";

    [JsonIgnore]
    public string Conditions => string.Create(
        CultureInfo.InvariantCulture,
        $"{Records} records on {Cores} cores, {(Where == Local ? Local : "in a cluster")}");

    // Pings vary too much from run to run to be judged by a share.
    [JsonIgnore]
    public IReadOnlyList<BenchMeasure>? Measures => Median is null
        ? null
        :
        [
            new BenchMeasure("rows/s", Median.RowsPerSecond),
            new BenchMeasure("reduce MB/s", Median.ReduceMegabytesPerSecond),
            .. Exchange is null ? [] : (BenchMeasure[])[new BenchMeasure("exchange MB/s", Exchange.MegabytesPerSecond)],
        ];
}

/// <summary>One round, or the middle of several. A megabyte is a million bytes.</summary>
/// <param name="Seconds">The job's own time, from order to output.</param>
/// <param name="RowsPerSecond">Records sorted a second.</param>
/// <param name="MegabytesPerSecondPerCore">Input bytes, end to end.</param>
/// <param name="ReduceMegabytesPerSecond">Bytes that went through the shuffle, in the time of the stage that fetches,
/// merges and writes.</param>
/// <param name="SpilledBytes">Bytes written to spill files.</param>
internal sealed record ShuffleRoundJson(
    double Seconds,
    double RowsPerSecond,
    double MegabytesPerSecondPerCore,
    double ReduceMegabytesPerSecond,
    long SpilledBytes)
{
    /// <summary>The middle by each measure.</summary>
    public static ShuffleRoundJson MedianOf(IReadOnlyList<ShuffleRoundJson> rounds) => new(
        BenchMeasure.Middle(rounds, round => round.Seconds),
        BenchMeasure.Middle(rounds, round => round.RowsPerSecond),
        BenchMeasure.Middle(rounds, round => round.MegabytesPerSecondPerCore),
        BenchMeasure.Middle(rounds, round => round.ReduceMegabytesPerSecond),
        (long)BenchMeasure.Middle(rounds, round => round.SpilledBytes));
}

/// <summary>The exchange from one silo to another. A megabyte is a million bytes.</summary>
/// <param name="From">Name of the silo that served.</param>
/// <param name="To">Name of the silo that fetched.</param>
/// <param name="Channels">Channels at once.</param>
/// <param name="MegabytesPerSecond">Bytes of verified blocks.</param>
/// <param name="OrleansMegabytesPerSecond">What plain calls of Orleans carried just before and after, with as many at
/// once and 256 KiB in each.</param>
/// <param name="ShareOfOrleans">The exchange's rate divided by that.</param>
/// <param name="Pings">Questions to a grain meanwhile.</param>
/// <param name="PingP50Milliseconds">Half of the answers took no longer.</param>
/// <param name="PingP99Milliseconds">99 of 100 answers took no longer.</param>
/// <param name="PingMostMilliseconds">The longest.</param>
internal sealed record BenchExchangeJson(
    string From,
    string To,
    int Channels,
    double MegabytesPerSecond,
    double OrleansMegabytesPerSecond,
    double ShareOfOrleans,
    int Pings,
    double PingP50Milliseconds,
    double PingP99Milliseconds,
    double PingMostMilliseconds);
