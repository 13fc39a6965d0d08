using System.Buffers;
using System.Globalization;

namespace Sluice.Client;

/// <summary>Reads sizes as people write them: `64MiB`, `1.5g`, `4096`.</summary>
internal static class ByteSize
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    /// <summary>K, M, G, T and KiB.. count in 1024; KB, MB, GB, TB in 1000; a bare number is bytes.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        int digits = rest.IndexOfAnyExcept(NumberCharacters);
        ReadOnlySpan<char> number = digits < 0 ? rest : rest[..digits];
        ReadOnlySpan<char> unit = digits < 0 ? "" : rest[digits..].TrimStart();
        bytes = 0;
        if (!decimal.TryParse(
                number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value) ||
            Factor(unit.ToString().ToUpperInvariant()) is not decimal factor ||
            value > long.MaxValue / factor)
        {
            return false;
        }

        bytes = (long)(value * factor);
        return true;
    }

    private static decimal? Factor(string unit) => unit switch
    {
        "" or "B" => 1,
        "K" or "KIB" => 1L << 10,
        "M" or "MIB" => 1L << 20,
        "G" or "GIB" => 1L << 30,
        "T" or "TIB" => 1L << 40,
        "KB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "TB" => 1_000_000_000_000,
        _ => null,
    };
}
