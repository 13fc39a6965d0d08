using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Sluice.Testing;

/// <summary>
/// A row of a theory that draws what it does from its parameter `seed`. A long run (`SLUICE_LONG=1`) adds the same row
/// with other seeds.
/// </summary>
/// <param name="row">The arguments.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class SeededAttribute(params object?[] row) : DataAttribute
{
    private const string Parameter = "seed";
    private const int BetweenSeeds = 1000;

    /// <summary>Rows of a long run, this one included; fewer for what takes seconds.</summary>
    public int Long { get; set; } = 50;

    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(
        MethodInfo testMethod, DisposalTracker disposalTracker)
    {
        int place = Array.FindIndex(testMethod.GetParameters(), parameter => parameter.Name == Parameter);
        return place < 0
            ? throw new ArgumentException($"{testMethod.Name} has no parameter {Parameter}.")
            : new([.. Enumerable.Range(0, LongRun.IsOn ? Long : 1).Select(number => RowOf(place, number))]);
    }

    public override bool SupportsDiscoveryEnumeration() => true;

    private TheoryDataRow RowOf(int place, int number)
    {
        object?[] arguments = [.. row];
        arguments[place] = (int)row[place]! + (number * BetweenSeeds);
        return new TheoryDataRow(arguments);
    }
}

/// <summary>Whether `./test.sh --long` runs the tests.</summary>
internal static class LongRun
{
    public static bool IsOn { get; } = Environment.GetEnvironmentVariable("SLUICE_LONG") == "1";
}
