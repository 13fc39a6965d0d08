using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;

namespace Sluice.Client;

/// <summary>Prints a verb's data the way the user asked for.</summary>
/// <param name="terminal">Its width.</param>
/// <param name="style">The format, and whether colours are wanted.</param>
/// <param name="writer">Standard output, or standard error where the former carries records.</param>
/// <param name="isTerminal">Whether a person sees it at once.</param>
internal sealed class DataPrinter(Terminal terminal, OutputStyle style, TextWriter writer, bool isTerminal)
{
    // What is printed is read by programs and people, never put into a page of HTML: paths stay as they are.
    private static readonly JsonSerializerOptions Plain = new(ConsoleJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Over several lines, for people.</summary>
    public static JsonSerializerOptions Indented => new(Plain) { WriteIndented = true };

    /// <summary>Prints one thing.</summary>
    /// <param name="value">It, as JSON shows it.</param>
    /// <param name="type">Its type in a JSON context.</param>
    /// <param name="table">Prints it for people.</param>
    public void Print<T>(T value, Func<ConsoleJson, JsonTypeInfo<T>> type, Action<IAnsiConsole> table)
    {
        switch (style.Format)
        {
            case OutputFormat.Json:
                writer.WriteLine(JsonSerializer.Serialize(value, type(new ConsoleJson(Indented))));
                break;
            case OutputFormat.Ndjson:
                writer.WriteLine(
                    JsonSerializer.Serialize(value, type(new ConsoleJson(new JsonSerializerOptions(Plain)))));
                break;
            default:
                table(SpectreConsoles.Static(writer, isTerminal && style.HasColor, terminal.Width));
                break;
        }

        writer.Flush();
    }
}
