namespace Sluice.UserJobs.Library;

/// <summary>Letters of a kind.</summary>
public static class Vowels
{
    /// <summary>How many of a text's bytes are a, e, i, o or u.</summary>
    public static int Count(ReadOnlySpan<byte> text)
    {
        int count = 0;
        foreach (byte letter in text)
        {
            count += "aeiou"u8.Contains(letter) ? 1 : 0;
        }

        return count;
    }
}

/// <summary>What a job's class may be derived from.</summary>
public abstract class Named
{
    /// <summary>Something to call it.</summary>
    public string Title => GetType().Name;
}
