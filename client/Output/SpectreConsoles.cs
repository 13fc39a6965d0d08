using Spectre.Console;

namespace Sluice.Client;

/// <summary>Spectre's consoles over our own writers: nothing is guessed from the process's streams.</summary>
internal static class SpectreConsoles
{
    /// <summary>For text that is printed once.</summary>
    /// <param name="writer">Where it goes.</param>
    /// <param name="hasColor">Whether a terminal shows it and wants colours.</param>
    /// <param name="width">Columns.</param>
    public static IAnsiConsole Static(TextWriter writer, bool hasColor, int width)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = hasColor ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = hasColor ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = width;
        return console;
    }

    /// <summary>For text that is drawn over and over on a terminal.</summary>
    public static IAnsiConsole Live(TextWriter writer, bool hasColor) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = AnsiSupport.Yes,
        ColorSystem = hasColor ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
        Interactive = InteractionSupport.Yes,
        Out = new AnsiConsoleOutput(writer),
    });
}
