using System.Globalization;
using System.Text.Json;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>An earlier benchmark, and how much slower than it is too slow.</summary>
/// <param name="Path">Its file.</param>
/// <param name="Before">What it measured.</param>
/// <param name="Share">0.1 is ten percent.</param>
internal sealed record BenchComparison(string Path, BenchJson Before, double Share)
{
    private const string DefaultShare = "10%";

    /// <summary>Reads the earlier result.</summary>
    /// <param name="path">What `-o json` printed; null compares with nothing.</param>
    /// <param name="share">Such as `10%`; null is that.</param>
    /// <param name="option">Name of the option of the share.</param>
    /// <exception cref="SluiceException">One of them cannot be read.</exception>
    public static BenchComparison? Read(string? path, string? share, string option)
    {
        double parsed = ParseShare(share ?? DefaultShare, option);
        if (path is null)
        {
            return share is null
                ? null
                : throw new SluiceException(ConsoleErrors.Missing("--compare FILE", "sluice bench shuffle"));
        }

        try
        {
            BenchJson? before = JsonSerializer.Deserialize(File.ReadAllBytes(path), ConsoleJson.Default.BenchJson);
            return before is { Schema: "sluice.bench/1", Benchmark: "shuffle", Median: not null }
                ? new BenchComparison(path, before, parsed)
                : throw new SluiceException(ConsoleErrors.NoBenchmark(path, "its schema is not sluice.bench/1"));
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new SluiceException(ConsoleErrors.NoBenchmark(path, exception.Message), exception);
        }
    }

    /// <summary>Says how each measure has changed.</summary>
    /// <exception cref="SluiceException">One is worse by more than the share.</exception>
    public void Check(VerbCall call, BenchJson now)
    {
        if (Before.Records != now.Records || Before.Cores != now.Cores || (Before.Where == "local") != (now.Where == "local"))
        {
            throw new SluiceException(ConsoleErrors.NoBenchmark(
                Path, $"it measured {Before.Records} records on {Before.Cores} cores, {(Before.Where == "local" ? "local" : "in a cluster")}"));
        }

        List<string> worse = [];
        foreach ((string name, double before, double after) in Measures(Before, now))
        {
            double change = before <= 0 ? 0 : (after / before) - 1;
            string text = string.Create(CultureInfo.InvariantCulture, $"{name} {before:0.#} -> {after:0.#} ({change:+0.0%;-0.0%})");
            call.Hint(text);
            if (-change > Share)
            {
                worse.Add(text);
            }
        }

        if (worse.Count > 0)
        {
            throw new SluiceException(ConsoleErrors.Slower(
                $"slower than before by more than {Share.ToString("0.#%", CultureInfo.InvariantCulture)}: {string.Join(", ", worse)}", Path));
        }
    }

    // More is better in all of them. Pings vary too much from run to run to be judged by a share.
    private static IEnumerable<(string Name, double Before, double After)> Measures(BenchJson before, BenchJson now)
    {
        yield return ("rows/s", before.Median.RowsPerSecond, now.Median.RowsPerSecond);
        yield return ("reduce MB/s", before.Median.ReduceMegabytesPerSecond, now.Median.ReduceMegabytesPerSecond);
        if (before.Exchange is BenchExchangeJson then && now.Exchange is BenchExchangeJson exchange)
        {
            yield return ("exchange MB/s", then.MegabytesPerSecond, exchange.MegabytesPerSecond);
        }
    }

    private static double ParseShare(string text, string option) =>
        text.EndsWith('%') && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double percent)
            ? percent / 100
            : throw new SluiceException(ConsoleErrors.BadValue(text, "a share in percent", option, DefaultShare));
}
