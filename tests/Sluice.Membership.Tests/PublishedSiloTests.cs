using System.Diagnostics;
using System.Net;

namespace Sluice.Membership.Tests;

/// <summary>What `dotnet publish` makes of silo/: it needs nothing beside itself.</summary>
public sealed class PublishedSiloTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(50);

    private readonly string _folder = Directory.CreateTempSubdirectory("sluice-published-").FullName;

    [Fact]
    public async Task A_published_silo_runs_in_an_empty_directory_answers_and_ends_with_0_when_terminated()
    {
        string program = Path.Combine(await PublishAsync(), "Sluice.Silo.dll");
        string elsewhere = Directory.CreateDirectory(Path.Combine(_folder, "elsewhere")).FullName;
        int ports = FreePorts.Row(3);
        string[] arguments =
        [
            $"--Orleans:Endpoints:SiloPort={ports}",
            $"--Orleans:Endpoints:GatewayPort={ports + 1}",
            $"--Urls=http://127.0.0.1:{ports + 2}",
            $"--Sluice:SpillDirectories:0={Path.Combine(_folder, "spill")}",
            "--stop-with-stdin=true",
        ];
        await using SiloProcess silo = new(program, arguments, elsewhere, ports + 2);

        await silo.AwaitReadyAsync();
        HttpStatusCode? live = await silo.StatusAsync("live");
        await using SiloProcess second = new(program, arguments, elsewhere, ports + 2);
        ConsoleResult refused = await second.EndedAsync();
        HttpStatusCode? stillReady = await silo.StatusAsync("ready");
        ConsoleResult ended = await silo.StopAsync();

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (live, stillReady));
        Assert.Equal(5, refused.ExitCode);
        Assert.StartsWith("error[SLU1409]: ", refused.Error, StringComparison.Ordinal);
        Assert.True(ended.ExitCode == 0, ended.Error);
        Assert.Empty(ended.Output);
        Assert.Empty(Directory.GetFileSystemEntries(elsewhere));
        Assert.Empty(
            Directory.Exists(Path.Combine(_folder, "spill"))
                ? Directory.GetFileSystemEntries(Path.Combine(_folder, "spill"))
                : []);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // What this build made is published; nothing is compiled again.
    private async Task<string> PublishAsync()
    {
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root!.FullName, "Cluster.sln")))
        {
            root = root.Parent;
        }

        string published = Path.Combine(_folder, "published");
        using Process publish = Process.Start(new ProcessStartInfo(
            "dotnet",
            ["publish", Path.Combine(root.FullName, "silo", "Sluice.Silo.csproj"),
            "-c", "Debug", "--no-build", "-o", published, "-nodeReuse:false"])
        {
            RedirectStandardOutput = true,
        })!;
        string printed = await publish.StandardOutput.ReadToEndAsync().WaitAsync(Deadline);
        await publish.WaitForExitAsync().WaitAsync(Deadline);
        Assert.True(publish.ExitCode == 0, printed);
        return published;
    }
}
