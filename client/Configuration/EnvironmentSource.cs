namespace Sluice.Client;

/// <summary>
/// Settings from `SLUICE_*` variables, and NO_COLOR as everybody knows it; an empty variable counts as unset.
/// </summary>
/// <param name="variable">Reads a variable of the environment.</param>
internal sealed class EnvironmentSource(Func<string, string?> variable) : ISettingSource
{
    public (IReadOnlyList<string> Texts, string Origin)? Find(string name)
    {
        string own = $"SLUICE_{name.Replace('-', '_').ToUpperInvariant()}";
        if (variable(own) is { Length: > 0 } text)
        {
            bool isList = name == SettingNames.SpillDirectories;
            return (isList ? text.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries) : [text], own);
        }

        return name == SettingNames.NoColor && variable("NO_COLOR") is { Length: > 0 } ? (["true"], "NO_COLOR") : null;
    }
}
