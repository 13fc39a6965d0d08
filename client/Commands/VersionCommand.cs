using System.CommandLine;

namespace Sluice.Client;

/// <summary>`sluice version`.</summary>
internal static class VersionCommand
{
    public static Command Create(VerbContext context)
    {
        Command command = new("version", "Prints the version.");
        command.SetAction(_ => context.Terminal.Out.WriteLine(SluiceConsole.Version));
        return command;
    }
}
