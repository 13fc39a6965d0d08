using System.CommandLine;

namespace Sluice.Client;

/// <summary>
/// Options that every verb takes. They are read as settings, so environment and file may set them too.
/// </summary>
internal static class GlobalOptions
{
    public static IEnumerable<Option> Create() =>
    [
        new Option<string>($"--{SettingNames.OutputFormat}", "-o")
        {
            Description = "How data is printed: table, json or ndjson",
            HelpName = "FORMAT",
            Recursive = true,
        },
        Switch(SettingNames.Quiet, "-q", "Data and errors only"),
        Switch(SettingNames.Verbose, "-v", "Errors with their whole cause"),
        Switch(SettingNames.NoProgress, null, "No progress on standard error"),
        Switch(SettingNames.NoColor, null, "No colours (also: NO_COLOR)"),
    ];

    private static Option<bool> Switch(string name, string? letter, string description) =>
        new($"--{name}", letter is null ? [] : [letter]) { Description = description, Recursive = true };
}
