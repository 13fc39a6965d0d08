using System.Globalization;
using System.Text;

namespace Sluice.Observability;

/// <summary>Attributes as a series carries them: in order of their names, escaped, ready to be written.</summary>
internal static class LabelSet
{
    /// <summary>The series that takes what has no room for a series of its own.</summary>
    public const string Overflow = "otel_metric_overflow=\"true\"";

    /// <summary>`name="value",...` without braces; attributes that share a name share a label.</summary>
    public static string Of(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return "";
        }

        SortedDictionary<string, string> labels = new(StringComparer.Ordinal);
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            string name = PrometheusName.OfLabel(tag.Key);
            string value = TextOf(tag.Value);
            labels[name] = labels.TryGetValue(name, out string? other) ? $"{other};{value}" : value;
        }

        StringBuilder text = new();
        foreach ((string name, string value) in labels)
        {
            text.Append(text.Length == 0 ? "" : ",").Append(name).Append("=\"");
            Escape(text, value);
            text.Append('"');
        }

        return text.ToString();
    }

    private static string TextOf(object? value) => value switch
    {
        null => "",
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static void Escape(StringBuilder text, string value)
    {
        foreach (char c in value)
        {
            _ = c switch
            {
                '\\' => text.Append(@"\\"),
                '"' => text.Append("\\\""),
                '\n' => text.Append(@"\n"),
                _ => text.Append(c),
            };
        }
    }
}
