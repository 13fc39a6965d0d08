using System.CommandLine;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>How records lie in files and what orders them: the same for sort and its verification.</summary>
internal static class FormatOptions
{
    private static readonly string[] Later = ["csv", "jsonl"];

    public static Option<string> Format() => new("--format")
    {
        Description = "lines, or gensort: 100 bytes, the first 10 the key",
        HelpName = "FORMAT",
        DefaultValueFactory = _ => RecordFormat.Lines.Name,
    };

    public static Option<string?> Key() => new("--key")
    {
        Description =
            "Bytes of the record that order it, counted from 1 [default: the whole line, or 1-10 for gensort]",
        HelpName = "FIRST-LAST",
    };

    /// <exception cref="SluiceException">There is no such format, or not yet.</exception>
    public static RecordFormat ReadFormat(string name) => Later.Contains(name)
        ? throw new SluiceException(ConsoleErrors.FormatNotThereYet($"the format {name}", "--format"))
        : RecordFormat.Parse(name);

    /// <exception cref="SluiceException">It is no range of bytes.</exception>
    public static ByteKey ReadKey(string text)
    {
        bool isField = text.Contains(':', StringComparison.Ordinal);
        bool isName = text.Length > 0 && (char.IsAsciiLetter(text[0]) || text[0] == '_');
        return isField || isName
            ? throw new SluiceException(
                ConsoleErrors.FormatNotThereYet(
                    isField ? $"a key of fields ('{text}')" : $"a named key ('{text}')", "--key"))
            : ByteKey.Parse(text);
    }
}
