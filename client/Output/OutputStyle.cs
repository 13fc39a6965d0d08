namespace Sluice.Client;

/// <summary>How data is printed.</summary>
internal enum OutputFormat
{
    /// <summary>For people.</summary>
    Table,

    /// <summary>One JSON document.</summary>
    Json,

    /// <summary>One JSON object a line.</summary>
    Ndjson,
}

/// <summary>What the user wants to see.</summary>
/// <param name="Format">How data is printed.</param>
/// <param name="IsQuiet">Nothing but data and errors.</param>
/// <param name="IsVerbose">Errors with their whole cause.</param>
/// <param name="HasColor">Colours where a terminal shows them.</param>
/// <param name="HasProgress">Progress on standard error.</param>
internal sealed record OutputStyle(OutputFormat Format, bool IsQuiet, bool IsVerbose, bool HasColor, bool HasProgress);
