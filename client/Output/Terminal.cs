using System.Text;

namespace Sluice.Client;

/// <summary>Where the console's words go: data to standard output, everything else to standard error.</summary>
internal sealed class Terminal
{
    /// <summary>Standard output as bytes, for records.</summary>
    public required Stream Data { get; init; }

    /// <summary>Standard output as text, for reports.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Standard error.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Standard input, for records.</summary>
    public required Func<Stream> Input { get; init; }

    /// <summary>Whether a person sees standard output at once.</summary>
    public bool IsOutTerminal { get; init; }

    /// <summary>Whether a person sees standard error at once.</summary>
    public bool IsErrorTerminal { get; init; }

    /// <summary>Columns of the terminal, or of a wide page where there is none.</summary>
    public int Width { get; init; } = 200;

    /// <summary>This process's own.</summary>
    public static Terminal Open()
    {
        Stream data = StandardOutput.Open();
        bool isOutTerminal = !Console.IsOutputRedirected;
        Console.SetError(new StandardError(Console.Error));
        return new Terminal
        {
            Data = data,
            Out = new StreamWriter(data, new UTF8Encoding(false), 16 * 1024) { NewLine = "\n" },
            Error = Console.Error,
            Input = StandardInput.Open,
            IsOutTerminal = isOutTerminal,
            IsErrorTerminal = !Console.IsErrorRedirected,
            Width = isOutTerminal && Console.WindowWidth is > 0 and int width ? width : 200,
        };
    }
}
