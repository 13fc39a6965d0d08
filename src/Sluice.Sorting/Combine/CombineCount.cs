namespace Sluice.Sorting;

/// <summary>What combining saved.</summary>
/// <param name="In">Records given to a combiner.</param>
/// <param name="Out">Records it wrote for them.</param>
public readonly record struct CombineCount(long In, long Out)
{
    public static CombineCount operator +(CombineCount left, CombineCount right) =>
        new(left.In + right.In, left.Out + right.Out);
}
