using System.Text;
using Spectre.Console;

namespace Sluice.Client;

/// <summary>Spectre's consoles over our own writers: nothing is guessed from the process's streams.</summary>
internal static class SpectreConsoles
{
    /// <summary>For text that is printed once.</summary>
    /// <param name="writer">Where it goes.</param>
    /// <param name="hasColor">Whether a terminal shows it and wants colours.</param>
    /// <param name="width">Columns.</param>
    public static IAnsiConsole Static(TextWriter writer, bool hasColor, int width) =>
        AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = hasColor ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = hasColor ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new Sheet(writer, width),
        });

    /// <summary>For text that is drawn over and over on a terminal.</summary>
    public static IAnsiConsole Live(TextWriter writer, bool hasColor) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = AnsiSupport.Yes,
        ColorSystem = hasColor ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
        Interactive = InteractionSupport.Yes,
        Out = new AnsiConsoleOutput(writer),
    });

    // Of a known width: Spectre's own asks the terminal, which costs ten milliseconds where there is none.
    private sealed class Sheet(TextWriter writer, int width) : IAnsiConsoleOutput
    {
        private const int Lines = 25;

        public TextWriter Writer { get; } = writer;

        public bool IsTerminal => false;

        public int Width { get; } = width;

        public int Height => Lines;

        public void SetEncoding(Encoding encoding)
        {
        }
    }
}
