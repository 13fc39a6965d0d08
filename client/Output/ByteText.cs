using System.Globalization;

namespace Sluice.Client;

/// <summary>Numbers as people read them; always with a decimal point, whatever the machine's language.</summary>
internal static class ByteText
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <summary>Bytes in the largest unit that leaves at least one: `64 MiB`, `1.5 GiB`.</summary>
    public static string OfBytes(double bytes)
    {
        int unit = 0;
        while (bytes >= 1024 && unit < Units.Length - 1)
        {
            bytes /= 1024;
            unit++;
        }

        string number = bytes.ToString(unit == 0 ? "0" : "0.#", CultureInfo.InvariantCulture);
        return $"{number} {Units[unit]}";
    }

    /// <summary>Bytes a second.</summary>
    public static string OfRate(double bytes, double seconds) => seconds <= 0 ? "-" : $"{OfBytes(bytes / seconds)}/s";

    /// <summary>A count with its thousands apart: `1,000,000`.</summary>
    public static string OfCount(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Seconds: `0.42 s`, `12.3 s`, `3 min 07 s`, `2 h 05 min`.</summary>
    public static string OfSeconds(double seconds) => seconds switch
    {
        < 10 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.00} s"),
        < 60 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s"),
        < 3600 => string.Create(CultureInfo.InvariantCulture, $"{(int)seconds / 60} min {(int)seconds % 60:00} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(long)seconds / 3600} h {(long)seconds / 60 % 60:00} min"),
    };
}
