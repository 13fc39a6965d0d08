namespace Sluice.Jobs;

/// <summary>A failure that a user can act on.</summary>
public sealed class SluiceException : Exception
{
    public SluiceException(SluiceError error, Exception? cause = null)
        : base($"{error.What}: {error.Where}", cause)
    {
        Error = error;
    }

    /// <summary>What happened, where, and what to do next.</summary>
    public SluiceError Error { get; }
}

/// <summary>A failure in three lines.</summary>
/// <param name="Code">Stable, `SLU` and four digits; <see cref="SluiceErrors.Catalogue"/> explains it.</param>
/// <param name="Kind">Decides the exit code.</param>
/// <param name="What">What happened, one sentence without a full stop.</param>
/// <param name="Where">File, job, option or record.</param>
/// <param name="Help">The next action.</param>
public sealed record SluiceError(string Code, ErrorKind Kind, string What, string Where, string Help)
{
    /// <summary>The same, saying on which silo.</summary>
    public SluiceError On(string silo) => this with { Where = $"{Where} (on {silo})" };
}

/// <summary>What kind of failure; the value is the console's exit code.</summary>
public enum ErrorKind
{
    /// <summary>Not a failure.</summary>
    None = 0,

    /// <summary>The job was started and failed.</summary>
    JobFailed = 1,

    /// <summary>Wrong usage or configuration.</summary>
    Usage = 2,

    /// <summary>The cluster does not answer, or there is no support for one.</summary>
    Unreachable = 3,

    /// <summary>An input or a job does not exist.</summary>
    NotFound = 4,

    /// <summary>Refused: it would overwrite or collide with something.</summary>
    Conflict = 5,

    /// <summary>Waiting took too long; the job goes on.</summary>
    WaitTimedOut = 6,

    /// <summary>A result is not what it must be.</summary>
    VerificationFailed = 7,
}
