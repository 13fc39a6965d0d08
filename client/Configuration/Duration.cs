using System.Globalization;

namespace Sluice.Client;

/// <summary>Times as people write them: a number and a unit.</summary>
internal static class Duration
{
    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)), ("min", TimeSpan.FromMinutes(1)), ("m", TimeSpan.FromMinutes(1)),
        ("s", TimeSpan.FromSeconds(1)), ("h", TimeSpan.FromHours(1)),
    ];

    private static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    /// <summary>The time, or null when the text is none, or one of more than a year.</summary>
    public static TimeSpan? Parse(string text)
    {
        if (text == "0")
        {
            return TimeSpan.Zero;
        }

        foreach ((string unit, TimeSpan length) in Units)
        {
            if (text.EndsWith(unit, StringComparison.OrdinalIgnoreCase))
            {
                string number = text[..^unit.Length].TrimEnd();
                bool isNumber = double.TryParse(
                    number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count);
                return isNumber && count * length.TotalSeconds <= Longest.TotalSeconds ? count * length : null;
            }
        }

        return null;
    }
}
