namespace Sluice.Buffers;

/// <summary>Divides spare segments among those who want some.</summary>
/// <remarks>
/// Max-min fairness (progressive filling): equal parts, but nobody gets more than it wants, and what one does not want
/// goes to the others. A remainder goes, one by one, to those who want most, and among equals to the first.
/// <code>
/// spare 10, wanted 2 9 9  ->  2 4 4
/// spare  8, wanted 1 5 5  ->  1 4 3
/// </code>
/// </remarks>
internal static class SpareDivision
{
    /// <summary>Writes each one's part; the parts add up to all that is spare, or to all that is wanted.</summary>
    /// <param name="spare">Segments, zero or more.</param>
    /// <param name="wanted">Segments, zero or more each.</param>
    /// <param name="parts">As many as <paramref name="wanted"/>.</param>
    public static void Divide(int spare, ReadOnlySpan<int> wanted, Span<int> parts)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(spare);
        ArgumentOutOfRangeException.ThrowIfNotEqual(parts.Length, wanted.Length);

        // From the least wanted on: the rounded-down equal part of what is left can then only grow.
        int[] keys = wanted.ToArray();
        int[] order = [.. Enumerable.Range(0, keys.Length).OrderBy(i => keys[i]).ThenByDescending(i => i)];
        int left = spare;
        for (int done = 0; done < order.Length; done++)
        {
            int part = Math.Min(keys[order[done]], left / (order.Length - done));
            parts[order[done]] = part;
            left -= part;
        }
    }
}
