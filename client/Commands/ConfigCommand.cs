using System.CommandLine;

namespace Sluice.Client;

/// <summary>`sluice config`: what the console has been told.</summary>
internal sealed class ConfigCommand : Command
{
    public ConfigCommand(ConsoleHost host)
        : base("config", "See settings and where they come from")
    {
        Add(new ConfigShowCommand(host));
    }
}

/// <summary>`sluice config show [--origin]`: each setting as a verb would take it.</summary>
internal sealed class ConfigShowCommand : Verb
{
    private readonly Option<bool> _origin = new("--origin") { Description = "Show where each value comes from" };

    public ConfigShowCommand(ConsoleHost host)
        : base(host, "show", "Print every setting: flag, then SLUICE_* variable, then sluice.json, then default")
    {
        Add(_origin);
        ResourceOptions.AddTo(this);
    }

    public override IReadOnlyList<string> Examples => ["SLUICE_MEMORY=256MiB sluice config show --origin"];

    protected override Task<int> RunAsync(VerbCall call, CancellationToken cancellationToken)
    {
        ConfigurationJson configuration = new(
            "sluice.config/1",
            [.. call.Settings.All().Select(setting => new SettingJson(setting.Name, setting.Text, setting.Origin))]);
        bool hasOrigin = call.Parse.GetValue(_origin);
        call.Printer.Print(configuration, json => json.ConfigurationJson, console => Tables.Rows(
            console,
            hasOrigin ? ["setting", "value", "origin"] : ["setting", "value"],
            configuration.Settings.Select(IReadOnlyList<string> (setting) =>
                hasOrigin ? [setting.Name, Shown(setting), setting.Origin] : [setting.Name, Shown(setting)])));
        return Task.FromResult(0);
    }

    private static string Shown(SettingJson setting) => setting.Value.Length == 0 ? "-" : setting.Value;
}
