using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>One value with its origin.</summary>
/// <param name="Name">The flag without its dashes; the key in the file; in upper case behind `SLUICE_`, the
/// variable.</param>
/// <param name="Value">What it is.</param>
/// <param name="Text">As the user would write it.</param>
/// <param name="Origin">The flag, the variable, the file, or `default`.</param>
internal sealed record Setting<T>(string Name, T Value, string Text, string Origin);

/// <summary>Somewhere that settings may come from.</summary>
internal interface ISettingSource
{
    /// <summary>The texts of a setting and where exactly they stand; null when it is not here.</summary>
    (IReadOnlyList<string> Texts, string Origin)? Find(string name);
}

/// <summary>Asks several sources, the strongest first.</summary>
internal sealed class SettingSources(params IReadOnlyList<ISettingSource> sources)
{
    /// <summary>The strongest source's value, or the default.</summary>
    /// <param name="name">The setting.</param>
    /// <param name="fallback">Its value when nobody says anything, as text.</param>
    /// <param name="parse">Reads a text; null when it cannot.</param>
    /// <param name="expected">What the text should have been, and an example, for the error.</param>
    /// <exception cref="SluiceException">The text cannot be read.</exception>
    public Setting<T> One<T>(
        string name, string fallback, Func<string, T?> parse, (string What, string Example) expected)
        where T : struct
    {
        (IReadOnlyList<string> texts, string origin) = Find(name) ?? ([fallback], "default");
        return parse(texts[^1]) is T value
            ? new Setting<T>(name, value, texts[^1], origin)
            : throw new SluiceException(
                ConsoleErrors.BadValue(texts[^1], expected.What, PlaceOf(name, origin), expected.Example));
    }

    /// <summary>A setting that may name several directories.</summary>
    /// <exception cref="SluiceException">One of them is empty.</exception>
    public Setting<IReadOnlyList<string>> List(string name, string fallback)
    {
        (IReadOnlyList<string> texts, string origin) = Find(name) ?? ([fallback], "default");
        foreach (string text in texts)
        {
            _ = UsageCheck.RequirePath(text, PlaceOf(name, origin));
        }

        return new Setting<IReadOnlyList<string>>(name, texts, string.Join(Path.PathSeparator, texts), origin);
    }

    /// <summary>A text that need not be there.</summary>
    /// <param name="name">The setting.</param>
    /// <param name="fallback">Its value when nobody says anything.</param>
    public Setting<string?> Text(string name, string? fallback = null)
    {
        (IReadOnlyList<string> texts, string origin) = Find(name) ?? (fallback is null ? [] : [fallback], "default");
        string? text = texts.Count > 0 && texts[^1].Length > 0 ? texts[^1] : null;
        return new Setting<string?>(name, text, text ?? "", origin);
    }

    // A file has many settings; flags and variables are called by theirs.
    private static string PlaceOf(string name, string origin) =>
        Path.IsPathRooted(origin) ? $"\"{name}\" in {origin}" : origin;

    private (IReadOnlyList<string> Texts, string Origin)? Find(string name) =>
        sources.Select(source => source.Find(name)).FirstOrDefault(found => found is { Texts.Count: > 0 });
}
