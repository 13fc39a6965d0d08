using System.Text;
using System.Text.Json;

namespace Sluice.Client;

/// <summary>Prints one JSON object with a schema, without reflection.</summary>
internal static class JsonLine
{
    /// <param name="writer">Where to.</param>
    /// <param name="style">One line for ndjson, several for json.</param>
    /// <param name="schema">Name and version of what is printed.</param>
    /// <param name="fill">Writes the other properties.</param>
    public static void Print(TextWriter writer, OutputStyle style, string schema, Action<Utf8JsonWriter> fill)
    {
        using MemoryStream buffer = new();
        JsonWriterOptions options = new() { Indented = style.Format == OutputFormat.Json, NewLine = "\n" };
        using (Utf8JsonWriter json = new(buffer, options))
        {
            json.WriteStartObject();
            json.WriteString("schema", schema);
            fill(json);
            json.WriteEndObject();
        }

        writer.WriteLine(Encoding.UTF8.GetString(buffer.ToArray()));
    }
}
