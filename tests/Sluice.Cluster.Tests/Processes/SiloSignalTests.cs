using System.Globalization;
using System.Net;

namespace Sluice.Cluster.Tests;

/// <summary>A silo of its own program, or of the console's, whose terminal is closed.</summary>
public sealed class SiloSignalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sluice-signals-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false, "HUP")]
    [InlineData(false, "TERM")]
    [InlineData(true, "HUP")]
    [InlineData(true, "TERM")]
    public async Task A_silo_drains_when_its_terminal_is_closed_as_when_it_is_told_to_stop(
        bool isConsole, string signal)
    {
        await using SiloProcess silo = Start(isConsole);
        await silo.AwaitReadyAsync();

        ConsoleResult ended = await silo.StopAsync(signal);

        Assert.True(ended.ExitCode == 0, $"{ended.ExitCode}: {ended.Error}");
        Assert.Contains("drains", ended.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_silo_under_nohup_stays_when_its_terminal_is_closed(bool isConsole)
    {
        const long hangUp = 1;
        await using SiloProcess silo = Start(isConsole, "nohup");
        await silo.AwaitReadyAsync();

        string ignored = (await File.ReadAllLinesAsync(
            $"/proc/{silo.Id}/status", TestContext.Current.CancellationToken))
            .Single(line => line.StartsWith("SigIgn:", StringComparison.Ordinal))["SigIgn:".Length..].Trim();
        await silo.SignalAsync("HUP");
        HttpStatusCode? after = await silo.StatusAsync("ready");
        ConsoleResult ended = await silo.StopAsync();

        // It does not so much as get it.
        Assert.Equal(hangUp, long.Parse(ignored, NumberStyles.HexNumber, CultureInfo.InvariantCulture) & hangUp);
        Assert.Equal(HttpStatusCode.OK, after);
        Assert.Equal(0, ended.ExitCode);
    }

    private SiloProcess Start(bool isConsole, string? under = null)
    {
        int port = FreePorts.Row(3);
        string[] values =
        [
            $"Orleans:Endpoints:SiloPort={port}",
            $"Orleans:Endpoints:GatewayPort={port + 1}",
            $"Urls=http://127.0.0.1:{port + 2}",
            $"Sluice:MemoryBytes={16 << 20}",
            "Sluice:Slots=1",
            $"Sluice:SpillDirectories:0={_folder}",
        ];
        return new SiloProcess(
            isConsole ? ConsoleProcess.Library() : Path.Combine(AppContext.BaseDirectory, "Sluice.Silo.dll"),
            isConsole
                ? ["silo", "run", .. values.SelectMany(value => new[] { "--set", value })]
                : values.Select(value => $"--{value}"),
            _folder,
            port + 2,
            under);
    }
}
