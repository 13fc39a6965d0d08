using System.CommandLine;

namespace Sluice.Client;

/// <summary>`sluice config show`.</summary>
internal static class ConfigCommand
{
    public static Command Create(VerbContext context)
    {
        Option<bool> origin = new("--origin") { Description = "where each value comes from" };
        Command show = new("show", "Prints every setting that is in force.") { origin };
        CommonOptions.AddResources(show);
        CommonOptions.AddPrinting(show);
        show.SetAction(parse => Show(context.Terminal, VerbContext.SettingsOf(parse), parse.GetValue(origin)));
        return new Command("config", "Settings: flag, then SLUICE_* environment, then sluice.json, then default.") { show };
    }

    private static void Show(Terminal terminal, Settings settings, bool withOrigin)
    {
        if (settings.OutputFormat.Value == OutputFormat.Table)
        {
            foreach ((string name, string text, string origin) in settings.All())
            {
                terminal.Out.WriteLine(withOrigin ? $"{name,-14} {text,-24} {origin}" : $"{name,-14} {text}".TrimEnd());
            }

            return;
        }

        JsonLine.Print(terminal.Out, settings.Style, "sluice.config/1", json =>
        {
            json.WriteStartArray("settings");
            foreach ((string name, string text, string origin) in settings.All())
            {
                json.WriteStartObject();
                json.WriteString("name", name);
                json.WriteString("value", text);
                json.WriteString("origin", origin);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }
}
