namespace Sluice.Exchange;

/// <summary>A producer's output cannot be read any more: only the attempt that made it has to run again.</summary>
public sealed class OutputLostException : IOException
{
    /// <param name="output">Whose output it is.</param>
    /// <param name="reason">What was found.</param>
    public OutputLostException(OutputId output, string reason)
        : base($"The output of {output} is lost: {reason}")
    {
        Output = output;
    }

    /// <summary>Whose output it is.</summary>
    public OutputId Output { get; }
}
