namespace Sluice.Client;

/// <summary>Finds the word a user may have meant.</summary>
internal static class Suggestion
{
    /// <summary>The known word with the fewest edits, when they are few for its length; the first of equals.</summary>
    public static string? Nearest(string word, IEnumerable<string> known)
    {
        string? best = null;
        int fewest = int.MaxValue;
        foreach (string candidate in known)
        {
            int edits = Edits(word.ToUpperInvariant(), candidate.ToUpperInvariant());
            if (edits < fewest && edits <= Math.Max(1, Math.Max(word.Length, candidate.Length) / 3))
            {
                best = candidate;
                fewest = edits;
            }
        }

        return best;
    }

    /// <summary>Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).</summary>
    public static int Edits(string from, string to)
    {
        int[,] edits = new int[from.Length + 1, to.Length + 1];
        for (int i = 0; i <= from.Length; i++)
        {
            for (int j = 0; j <= to.Length; j++)
            {
                edits[i, j] = (i, j) switch
                {
                    (_, 0) => i,
                    (0, _) => j,
                    _ => Math.Min(
                        Math.Min(edits[i - 1, j], edits[i, j - 1]) + 1,
                        edits[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1)),
                };
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                {
                    edits[i, j] = Math.Min(edits[i, j], edits[i - 2, j - 2] + 1);
                }
            }
        }

        return edits[from.Length, to.Length];
    }
}
