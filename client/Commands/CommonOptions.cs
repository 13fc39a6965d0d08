using System.CommandLine;

namespace Sluice.Client;

/// <summary>Options that several verbs share; their values come through <see cref="Settings"/>.</summary>
internal static class CommonOptions
{
    /// <summary>How the verb prints.</summary>
    public static void AddPrinting(Command command)
    {
        command.Options.Add(Text(SettingNames.OutputFormat, "FORMAT", "table, json or ndjson", "-o"));
        command.Options.Add(Switch(SettingNames.Quiet, "nothing but data and errors", "-q"));
        command.Options.Add(Switch(SettingNames.Verbose, "errors with their whole cause", "-v"));
        command.Options.Add(Switch(SettingNames.NoProgress, "no progress on standard error"));
        command.Options.Add(Switch(SettingNames.NoColor, "no colours"));
    }

    /// <summary>What a job may use.</summary>
    public static void AddResources(Command command)
    {
        command.Options.Add(Text(SettingNames.Memory, "SIZE", "memory of the job's pool, like 512MiB"));
        command.Options.Add(Text(SettingNames.Parallelism, "N", "tasks at once"));
        command.Options.Add(Text(SettingNames.Partitions, "N", "parts of the output, or auto"));
        Option<string[]> spill = new($"--{SettingNames.SpillDirectories}")
        {
            HelpName = "DIR",
            Description = "where to spill; may be given several times",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
        };
        command.Options.Add(spill);
        command.Options.Add(Text(SettingNames.Cluster, "HOST:PORT", "run on silos (not there yet)"));
    }

    private static Option<string> Text(string name, string value, string description, params string[] aliases) =>
        new($"--{name}", aliases) { HelpName = value, Description = description };

    private static Option<bool> Switch(string name, string description, params string[] aliases) =>
        new($"--{name}", aliases) { Description = description, Arity = ArgumentArity.Zero };
}
