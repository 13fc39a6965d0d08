using System.Globalization;

namespace Sluice.Client;

/// <summary>How many lives of buffers are watched, as people write it: `1/1024`, `all` or `off`.</summary>
internal static class BufferRate
{
    /// <returns>One life in so many, 0 for none; null when the text is no rate.</returns>
    public static int? Parse(string text) => text switch
    {
        "all" => 1,
        "off" => 0,
        _ when text.StartsWith("1/", StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out int oneIn)
            && oneIn > 0 => oneIn,
        _ => null,
    };
}
