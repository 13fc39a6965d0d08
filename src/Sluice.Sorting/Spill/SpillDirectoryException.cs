namespace Sluice.Sorting;

/// <summary>A spill directory cannot be used: it cannot be made, or not written.</summary>
public sealed class SpillDirectoryException : IOException
{
    internal SpillDirectoryException(string what, string where, Exception cause)
        : base($"{what}: {where}", cause)
    {
        What = what;
        Where = where;
    }

    /// <summary>What is wrong, one sentence without the path.</summary>
    public string What { get; }

    /// <summary>Full path of the root that was asked for.</summary>
    public string Where { get; }
}
