using System.Globalization;
using System.Text.Json.Serialization;

namespace Sluice.Client;

/// <summary>What `bench pool` measured.</summary>
/// <param name="Schema">The schema's name.</param>
/// <param name="Benchmark">`pool`.</param>
/// <param name="Threads">Threads at once, where a measure is of all of them.</param>
/// <param name="SegmentBytes">Bytes of a segment.</param>
/// <param name="WarmUp">Rounds before those that count.</param>
/// <param name="Rounds">Those that count, in order.</param>
/// <param name="Median">The round in the middle, of those that count, by each measure.</param>
internal sealed record PoolBenchJson(
    string Schema,
    string Benchmark,
    int Threads,
    int SegmentBytes,
    int WarmUp,
    IReadOnlyList<PoolRoundJson> Rounds,
    PoolRoundJson Median) : IBenchResult
{
    [JsonIgnore]
    public string Conditions => string.Create(
        CultureInfo.InvariantCulture, $"{Threads} threads with segments of {SegmentBytes} bytes");

    // A copy is what the machine can do: it stands beside the views and is not judged.
    [JsonIgnore]
    public IReadOnlyList<BenchMeasure>? Measures => Median is null
        ? null
        :
        [
            new BenchMeasure("requests/s", Median.RequestsPerSecond),
            new BenchMeasure("requests/s of all threads", Median.RequestsPerSecondOfAllThreads),
            new BenchMeasure("references/s", Median.ReferencesPerSecond),
            new BenchMeasure("write MB/s", Median.WriteMegabytesPerSecond),
            new BenchMeasure("read MB/s", Median.ReadMegabytesPerSecond),
        ];
}

/// <summary>One round, or the middle of several. A megabyte is a million bytes.</summary>
/// <param name="RequestsPerSecond">Pairs of a request and a recycle, one thread.</param>
/// <param name="RequestsPerSecondOfAllThreads">The same, all threads together, from one local pool.</param>
/// <param name="ReferencesPerSecond">Pairs of a retain and a release of one buffer, one thread.</param>
/// <param name="WriteMegabytesPerSecond">Records of 100 bytes written through a view over segments.</param>
/// <param name="ReadMegabytesPerSecond">The same records read through a view.</param>
/// <param name="CopyMegabytesPerSecond">The same records copied behind each other into one array, without
/// views.</param>
internal sealed record PoolRoundJson(
    double RequestsPerSecond,
    double RequestsPerSecondOfAllThreads,
    double ReferencesPerSecond,
    double WriteMegabytesPerSecond,
    double ReadMegabytesPerSecond,
    double CopyMegabytesPerSecond)
{
    /// <summary>The middle by each measure.</summary>
    public static PoolRoundJson MedianOf(IReadOnlyList<PoolRoundJson> rounds) => new(
        BenchMeasure.Middle(rounds, round => round.RequestsPerSecond),
        BenchMeasure.Middle(rounds, round => round.RequestsPerSecondOfAllThreads),
        BenchMeasure.Middle(rounds, round => round.ReferencesPerSecond),
        BenchMeasure.Middle(rounds, round => round.WriteMegabytesPerSecond),
        BenchMeasure.Middle(rounds, round => round.ReadMegabytesPerSecond),
        BenchMeasure.Middle(rounds, round => round.CopyMegabytesPerSecond));
}
