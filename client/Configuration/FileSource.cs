using System.Text.Json;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>Settings from `sluice.json`: one object, its keys the settings' names.</summary>
internal sealed class FileSource : ISettingSource
{
    /// <summary>Looked for in the current directory.</summary>
    public const string FileName = "sluice.json";

    private static readonly JsonDocumentOptions Lenient = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
    };

    private readonly Dictionary<string, IReadOnlyList<string>> _texts = new(StringComparer.Ordinal);
    private readonly string _path;

    private FileSource(string path)
    {
        _path = path;
    }

    /// <summary>Reads the file of a directory; one that is not there says nothing.</summary>
    /// <exception cref="SluiceException">It is there and cannot be used.</exception>
    public static FileSource In(string directory)
    {
        // Full only when it is there: a current directory that has been removed has no path.
        string path = Path.Combine(directory, FileName);
        if (!File.Exists(path))
        {
            return new FileSource(path);
        }

        FileSource source = new(Path.GetFullPath(path));
        source.Read();
        return source;
    }

    public (IReadOnlyList<string> Texts, string Origin)? Find(string name) =>
        _texts.TryGetValue(name, out IReadOnlyList<string>? texts) ? (texts, _path) : null;

    private void Read()
    {
        try
        {
            using FileStream file = File.OpenRead(_path);
            using JsonDocument document = JsonDocument.Parse(file, Lenient);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new SluiceException(ConsoleErrors.BadConfigurationFile(_path, "it is not an object"));
            }

            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                Add(property);
            }
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new SluiceException(ConsoleErrors.BadConfigurationFile(_path, exception.Message), exception);
        }
    }

    private void Add(JsonProperty property)
    {
        if (property.Name == "$schema")
        {
            return;
        }

        if (!SettingNames.All.Contains(property.Name))
        {
            string? nearest = Suggestion.Nearest(property.Name, SettingNames.All);
            throw new SluiceException(ConsoleErrors.UnknownSetting(property.Name, _path, nearest));
        }

        bool isList = property.Value.ValueKind == JsonValueKind.Array && property.Name == SettingNames.SpillDirectories;
        _texts[property.Name] = isList
            ? [.. property.Value.EnumerateArray().Select(value => Text(property.Name, value))]
            : [Text(property.Name, property.Value)];
    }

    private string Text(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => throw new SluiceException(
            ConsoleErrors.BadConfigurationFile(_path, $"'{name}' is not a text, a number, true or false")),
    };
}
