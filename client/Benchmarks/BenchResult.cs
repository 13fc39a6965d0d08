using System.Text.Json.Serialization;

namespace Sluice.Client;

/// <summary>What a benchmark measured, as far as all of them have it: `sluice.bench/1`.</summary>
internal interface IBenchResult
{
    /// <summary>Name of the schema that all benchmarks share.</summary>
    const string SchemaName = "sluice.bench/1";

    /// <summary>Rounds before those that count.</summary>
    const int WarmUpRounds = 1;

    string Schema { get; }

    /// <summary>Which one.</summary>
    string Benchmark { get; }

    /// <summary>What must be the same in two results that are compared, in words.</summary>
    [JsonIgnore]
    string Conditions { get; }

    /// <summary>What is compared, the medians; null in a file that is no such result.</summary>
    [JsonIgnore]
    IReadOnlyList<BenchMeasure>? Measures { get; }
}

/// <summary>One measure of a benchmark; more is better.</summary>
/// <param name="Name">With its unit.</param>
/// <param name="Value">The median of the rounds.</param>
internal readonly record struct BenchMeasure(string Name, double Value)
{
    /// <summary>The middle of what the rounds have.</summary>
    public static double Middle<TRound>(IReadOnlyList<TRound> rounds, Func<TRound, double> measure) =>
        rounds.Select(measure).Order().ElementAt(rounds.Count / 2);
}
