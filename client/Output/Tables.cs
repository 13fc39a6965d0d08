using Spectre.Console;
using Spectre.Console.Rendering;

namespace Sluice.Client;

/// <summary>The two shapes that all tables of the console have.</summary>
internal static class Tables
{
    private const int Gap = 2;

    /// <summary>Rows under headings; a heading that ends in '#' is of numbers, which stand right.</summary>
    public static void Rows(
        IAnsiConsole console, IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows)
    {
        Table table = new() { Border = TableBorder.None };
        foreach (string heading in headings)
        {
            TableColumn column = new($"[bold]{Markup.Escape(heading.TrimEnd('#').ToUpperInvariant())}[/]")
            {
                NoWrap = true,
                Padding = new Padding(0, 0, Gap, 0),
            };
            table.AddColumn(heading.EndsWith('#') ? column.RightAligned() : column);
        }

        foreach (IReadOnlyList<string> row in rows)
        {
            table.AddRow(row.Select(IRenderable (cell) => new Text(cell)));
        }

        console.Write(new Padder(table, new Padding(Gap, 0, 0, 0)));
    }

    /// <summary>Prints both shapes to nobody: the first time takes some twenty milliseconds, and compiles.</summary>
    public static void MakeReady()
    {
        IAnsiConsole nobody = SpectreConsoles.Static(TextWriter.Null, hasColor: false, width: 80);
        Facts(nobody, ("name", "text"));
        Rows(nobody, ["name", "number#"], [["text", "1"]]);
    }

    /// <summary>Names with what is known about them, one a line.</summary>
    public static void Facts(IAnsiConsole console, params IEnumerable<(string Name, string Text)> facts)
    {
        foreach ((string name, string text) in facts)
        {
            console.MarkupLine($"  [grey]{Markup.Escape(name.PadRight(11))}[/] {Markup.Escape(text)}");
        }
    }
}
