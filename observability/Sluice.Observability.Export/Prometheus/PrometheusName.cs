using System.Text;

namespace Sluice.Observability;

/// <summary>
/// What an instrument and its attributes are called in Prometheus, by OpenTelemetry's rules for that.
/// </summary>
public static class PrometheusName
{
    private static readonly Dictionary<string, string> Units = new(StringComparer.Ordinal)
    {
        ["By"] = "bytes",
        ["KiBy"] = "kibibytes",
        ["MiBy"] = "mebibytes",
        ["GiBy"] = "gibibytes",
        ["s"] = "seconds",
        ["ms"] = "milliseconds",
        ["us"] = "microseconds",
        ["ns"] = "nanoseconds",
        ["min"] = "minutes",
        ["h"] = "hours",
        ["d"] = "days",
        ["Cel"] = "celsius",
        ["Hz"] = "hertz",
        ["%"] = "percent",
    };

    private static readonly Dictionary<string, string> Rates = new(StringComparer.Ordinal)
    {
        ["s"] = "second", ["min"] = "minute", ["h"] = "hour", ["d"] = "day",
    };

    /// <summary>A metric's name: dots become underscores, the unit follows, and `_total` for what only grows.</summary>
    /// <param name="name">The instrument's.</param>
    /// <param name="unit">Its unit as UCUM writes it; what stands in braces is a word for people and is left
    /// out.</param>
    /// <param name="kind">What it becomes.</param>
    public static string OfMetric(string name, string? unit, PrometheusKind kind)
    {
        string metric = Sanitized(name, mayHaveColon: true);
        string suffix = SuffixOf(unit, kind);
        if (kind == PrometheusKind.Counter)
        {
            metric = Without(metric, "total");
        }

        if (suffix.Length > 0)
        {
            metric = $"{Without(metric, suffix)}_{suffix}";
        }

        return kind == PrometheusKind.Counter ? $"{metric}_total" : metric;
    }

    /// <summary>A label's name.</summary>
    public static string OfLabel(string attribute) => Sanitized(attribute, mayHaveColon: false);

    private static string SuffixOf(string? unit, PrometheusKind kind)
    {
        string plain = WithoutBraces(unit ?? "");
        if (plain == "1")
        {
            return kind == PrometheusKind.Gauge ? "ratio" : "";
        }

        int slash = plain.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
        {
            return Word(Units, plain);
        }

        string per = Word(Rates, plain[(slash + 1)..]);
        string what = Word(Units, plain[..slash]);
        return per.Length == 0 ? what : what.Length == 0 ? $"per_{per}" : $"{what}_per_{per}";
    }

    private static string Word(Dictionary<string, string> words, string unit) =>
        unit.Length == 0 ? "" : words.GetValueOrDefault(unit) ?? Sanitized(unit, mayHaveColon: false).Trim('_');

    private static string WithoutBraces(string unit)
    {
        StringBuilder plain = new(unit.Length);
        int depth = 0;
        foreach (char c in unit)
        {
            depth += c == '{' ? 1 : 0;
            if (depth == 0)
            {
                plain.Append(c);
            }

            depth -= c == '}' && depth > 0 ? 1 : 0;
        }

        return plain.ToString().Trim();
    }

    private static string Without(string metric, string suffix) =>
        metric.EndsWith($"_{suffix}", StringComparison.Ordinal) ? metric[..^(suffix.Length + 1)] : metric;

    private static string Sanitized(string name, bool mayHaveColon)
    {
        StringBuilder clean = new(name.Length);
        foreach (char c in name)
        {
            bool isPlain = char.IsAsciiLetterOrDigit(c) || (c == ':' && mayHaveColon);
            if (isPlain)
            {
                clean.Append(c);
            }
            else if (clean.Length == 0 || clean[^1] != '_')
            {
                clean.Append('_');
            }
        }

        return clean.Length == 0 || char.IsAsciiDigit(clean[0]) ? $"_{clean}" : clean.ToString();
    }
}

/// <summary>What Prometheus tells apart.</summary>
public enum PrometheusKind
{
    /// <summary>It only grows.</summary>
    Counter,

    /// <summary>It stands at something.</summary>
    Gauge,

    /// <summary>How many measurements were at most so large.</summary>
    Histogram,
}
