using System.Text;

namespace Sluice.Engine.Tests;

/// <summary>What a disk, a network or another program makes of bytes that were written whole.</summary>
internal static class DamagedBytes
{
    private static readonly string[] s_values =
        ["null", "-1", "1e300", "\"\"", "\"../..\"", "[null]", "{}", "[]", "true", "4294967296"];

    /// <summary>Cut, with flipped bits, made of other bytes, or with another value behind a colon.</summary>
    public static byte[] Of(Random random, byte[] whole)
    {
        byte[] damaged = [.. whole];
        switch (random.Next(4))
        {
            case 0:
                return damaged[..random.Next(damaged.Length)];
            case 1:
                random.NextBytes(damaged);
                return damaged;
            case 2:
                return WithOtherValue(random, Encoding.Latin1.GetString(whole));
            default:
                for (int flips = random.Next(1, 4); flips > 0; flips--)
                {
                    damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
                }

                return damaged;
        }
    }

    private static byte[] WithOtherValue(Random random, string text)
    {
        int[] colons = [.. Enumerable.Range(0, text.Length).Where(place => text[place] == ':')];
        if (colons.Length == 0)
        {
            return [];
        }

        int start = colons[random.Next(colons.Length)] + 1;
        int end = text.IndexOfAny([',', '}', ']', '\n'], start);
        return Encoding.Latin1.GetBytes(
            text[..start] + s_values[random.Next(s_values.Length)] + (end < 0 ? "" : text[end..]));
    }
}
