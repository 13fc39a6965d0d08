namespace Sluice.Jobs;

/// <summary>Nouns behind counts, in English.</summary>
public static class Plural
{
    /// <summary>`part` behind 1, `parts` behind any other count; `pass` becomes `passes`.</summary>
    /// <param name="count">What stands before it.</param>
    /// <param name="one">The noun as it stands behind 1.</param>
    public static string Of(long count, string one) => count == 1 ? one
        : one.EndsWith('s') ? $"{one}es"
        : $"{one}s";
}
