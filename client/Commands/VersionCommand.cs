using System.Reflection;
using System.Runtime.InteropServices;

namespace Sluice.Client;

/// <summary>`sluice version`.</summary>
internal sealed class VersionCommand : Verb
{
    public VersionCommand(ConsoleHost host)
        : base(host, "version", "Print what this console is")
    {
    }

    /// <summary>The version, with the commit where the build knows it.</summary>
    public static string Version { get; } = typeof(VersionCommand).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    protected override Task<int> RunAsync(VerbCall call, CancellationToken cancellationToken)
    {
        VersionJson version = new(
            "sluice.version/1",
            Version,
            RuntimeInformation.FrameworkDescription,
            RuntimeInformation.RuntimeIdentifier,
            call.Host.Clusters is not null);
        if (call.Style.Format == OutputFormat.Table)
        {
            // Plain text, so that the quickest verb does not wait for a table to be laid out.
            call.Terminal.Out.WriteLine($"sluice {version.Version} ({version.Runtime}, {version.System})");
        }
        else
        {
            call.Printer.Print(version, json => json.VersionJson, _ => { });
        }

        return Task.FromResult(0);
    }
}
