using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>An earlier benchmark, and how much slower than it is too slow.</summary>
/// <param name="Path">Its file.</param>
/// <param name="Before">What it measured.</param>
/// <param name="Share">0.1 is ten percent.</param>
internal sealed record BenchComparison<TResult>(string Path, TResult Before, double Share)
    where TResult : class, IBenchResult
{
    private const string DefaultShare = "10%";

    /// <summary>Reads the earlier result.</summary>
    /// <param name="benchmark">Which one it must be of.</param>
    /// <param name="path">What `-o json` printed; null compares with nothing.</param>
    /// <param name="share">Such as `10%`; null is that.</param>
    /// <param name="option">Name of the option of the share.</param>
    /// <param name="type">The shape of a result.</param>
    /// <exception cref="SluiceException">One of them cannot be read.</exception>
    public static BenchComparison<TResult>? Read(
        string benchmark, string? path, string? share, string option, JsonTypeInfo<TResult> type)
    {
        double parsed = ParseShare(share ?? DefaultShare, option);
        if (path is null)
        {
            return share is null
                ? null
                : throw new SluiceException(ConsoleErrors.Missing("--compare FILE", $"sluice bench {benchmark}"));
        }

        try
        {
            TResult? before = JsonSerializer.Deserialize(File.ReadAllBytes(path), type);
            if (before is not { Schema: IBenchResult.SchemaName, Measures: not null })
            {
                throw new SluiceException(
                    ConsoleErrors.NoBenchmark(path, $"its schema is not {IBenchResult.SchemaName}"));
            }

            return before.Benchmark == benchmark
                ? new BenchComparison<TResult>(path, before, parsed)
                : throw new SluiceException(ConsoleErrors.NoBenchmark(path, $"it is of bench {before.Benchmark}"));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SluiceException(SluiceErrors.InputMissing(System.IO.Path.GetFullPath(path)), exception);
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new SluiceException(ConsoleErrors.NoBenchmark(path, exception.Message), exception);
        }
    }

    /// <summary>Says how each measure that both have has changed.</summary>
    /// <exception cref="SluiceException">One is worse by more than the share, or they cannot be compared.</exception>
    public void Check(VerbCall call, TResult now)
    {
        if (Before.Conditions != now.Conditions)
        {
            throw new SluiceException(
                ConsoleErrors.NoBenchmark(Path, $"it measured {Before.Conditions}, not {now.Conditions}"));
        }

        Dictionary<string, double> then = Before.Measures!.ToDictionary(
            measure => measure.Name, measure => measure.Value);
        List<string> worse = [];
        foreach ((string name, double after) in now.Measures!)
        {
            if (!then.TryGetValue(name, out double before))
            {
                continue;
            }

            double change = before <= 0 ? 0 : (after / before) - 1;
            string text = string.Create(
                CultureInfo.InvariantCulture, $"{name} {before:0.#} -> {after:0.#} ({change:+0.0%;-0.0%})");
            call.Hint(text);
            if (-change > Share)
            {
                worse.Add(text);
            }
        }

        if (worse.Count > 0)
        {
            throw new SluiceException(ConsoleErrors.Slower(
                $"slower than before by more than {Share.ToString("0.#%", CultureInfo.InvariantCulture)}: " +
                    $"{string.Join(", ", worse)}",
                Path));
        }
    }

    private static double ParseShare(string text, string option) =>
        text.EndsWith('%') && double.TryParse(
            text.AsSpan(0, text.Length - 1),
            NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture,
            out double percent)
            ? percent / 100
            : throw new SluiceException(ConsoleErrors.BadValue(text, "a share in percent", option, DefaultShare));
}
