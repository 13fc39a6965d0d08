namespace Sluice.Engine;

/// <summary>Why an output directory cannot be written.</summary>
public enum OutputRefusal
{
    /// <summary>It holds something, and nobody asked to overwrite it.</summary>
    Exists,

    /// <summary>Another job is writing it at this moment.</summary>
    InUse,

    /// <summary>A file lies where the directory should be, or a directory where a part should be.</summary>
    NotADirectory,

    /// <summary>It cannot be made, or nothing can be made in it.</summary>
    NotWritable,

    /// <summary>What a dead job left in it cannot be undone without a person's look at it.</summary>
    LeftoverStuck,
}

/// <summary>An output directory is refused; it is left as it was found.</summary>
public sealed class OutputRefusedException : IOException
{
    internal OutputRefusedException(
        OutputRefusal reason, string what, string where, string help, Exception? cause = null)
        : base($"{what}: {where}", cause)
    {
        Reason = reason;
        What = what;
        Where = where;
        Help = help;
    }

    /// <summary>Why.</summary>
    public OutputRefusal Reason { get; }

    /// <summary>What was found, without the path.</summary>
    public string What { get; }

    /// <summary>Full path of what is in the way.</summary>
    public string Where { get; }

    /// <summary>What to do next.</summary>
    public string Help { get; }
}
