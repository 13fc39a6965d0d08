using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Sluice.Grains;
using Sluice.Silo;

namespace Sluice.Membership.Tests;

/// <summary>Three silo processes that find each other in PostgreSQL: none is special, so any may die.</summary>
public sealed class PostgresClusterTests(PostgresServer server) : IClassFixture<PostgresServer>, IAsyncDisposable
{
    // The public generator's sum over its first million records.
    private const string Records = "1000000";
    private const string Checksum = "7a0e0d4868cd4";

    private const int Silos = 3;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(50);
    private static readonly string[] Sort =
        ["sort", "in", "--format", "gensort", "--out", "out", "--partitions", "48", "-o", "json"];

    private readonly string _folder = Directory.CreateTempSubdirectory("sluice-cluster-").FullName;
    private readonly int _ports = FreePorts.Row(3 * Silos);
    private readonly Dictionary<string, SiloProcess> _silos = [];
    private string _connection = "";

    private string Gateways =>
        string.Join(',', Enumerable.Range(0, Silos).Select(silo => $"127.0.0.1:{Gateway(silo)}"));

    [Fact]
    public async Task The_silo_that_hosts_the_job_is_killed_the_result_is_exact_and_known_after_all_have_restarted()
    {
        await StartAllAsync();
        await GenerateAsync();

        using IHost client = await ConnectAsync();
        Task<ConsoleResult> sort = Run([.. Sort, "--cluster", Gateways]);
        string host = (await AwaitRunningAsync(client)).Host;
        _silos[host].Kill();
        ConsoleResult sorted = await sort.WaitAsync(Deadline);

        JsonElement job = Assert.Single(await JobsAsync());
        Assert.True(sorted.ExitCode == 0, sorted.Error);
        Assert.NotEqual(host, job.GetProperty("host").GetString());
        await AssertExactAsync(job);

        await RestartAllAsync();

        JsonElement remembered = Assert.Single(await JobsAsync());
        Assert.Equal(job.GetProperty("id").GetString(), remembered.GetProperty("id").GetString());
        Assert.Equal("succeeded", remembered.GetProperty("status").GetString());
        ConsoleResult exported = await Run("jobs", "export", job.GetProperty("id").GetString()!, "--cluster", Gateways);
        JsonElement export = JsonDocument.Parse(exported.Output).RootElement;
        Assert.Equal(3, export.GetProperty("report").GetProperty("stages").GetArrayLength());
        Assert.Equal(3, export.GetProperty("plan").GetProperty("stages").GetArrayLength());
        Assert.Contains(
            export.GetProperty("journal").EnumerateArray(), line => line.GetProperty("kind").GetString() == "resumed");
    }

    [Fact]
    public async Task All_silos_die_in_the_middle_of_a_job_and_it_goes_on_when_they_are_back()
    {
        await StartAllAsync();
        await GenerateAsync();
        using IHost client = await ConnectAsync();
        Task<ConsoleResult> submitted = Run([.. Sort, "--detach", "--cluster", Gateways]);

        string id = (await AwaitRunningAsync(client)).Id.ToString("N");
        await RestartAllAsync();
        JsonElement found = Assert.Single(await JobsAsync());
        ConsoleResult waited = await Run("jobs", "wait", id, "--cluster", Gateways);

        await submitted.WaitAsync(Deadline);
        Assert.Equal(id, found.GetProperty("id").GetString());
        Assert.True(waited.ExitCode == 0, waited.Error);
        await AssertExactAsync(Assert.Single(await JobsAsync()));
    }

    [Fact]
    public async Task A_silo_without_a_prepared_or_with_an_unreachable_database_says_so_in_three_lines()
    {
        server.Require();
        _connection = server.Connection(await server.CreateDatabaseAsync());
        ConsoleResult unprepared = await Start(0).EndedAsync();
        string older = await server.CreateDatabaseAsync();
        _connection = server.Connection(older);
        await MembershipDatabase.PrepareAsync(_connection, TestContext.Current.CancellationToken);
        await server.ExecuteAsync(older, "DROP TABLE sluice_job");
        ConsoleResult withoutHistory = await Start(0).EndedAsync();
        _connection = server.Connection("postgres", password: "wrong-word");
        ConsoleResult refused = await Start(0).EndedAsync();

        Assert.Equal((2, 2, 5), (unprepared.ExitCode, withoutHistory.ExitCode, refused.ExitCode));
        Assert.StartsWith("error[SLU1605]: ", withoutHistory.Error, StringComparison.Ordinal);
        Assert.StartsWith("error[SLU1605]: ", unprepared.Error, StringComparison.Ordinal);
        Assert.StartsWith("error[SLU1602]: ", refused.Error, StringComparison.Ordinal);
        Assert.All([unprepared, refused], result => Assert.Equal(3, result.ErrorLines.Length));
        Assert.DoesNotContain("-word", unprepared.Error + refused.Error, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (SiloProcess silo in _silos.Values)
        {
            await silo.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private int Gateway(int silo) => _ports + Silos + silo;

    private async Task StartAllAsync()
    {
        server.Require();
        _connection = server.Connection(await server.CreateDatabaseAsync());
        await MembershipDatabase.PrepareAsync(_connection, TestContext.Current.CancellationToken);
        for (int silo = 0; silo < Silos; silo++)
        {
            Start(silo);
        }

        await Task.WhenAll(_silos.Values.Select(silo => silo.AwaitReadyAsync()));
    }

    // All die at once, and are started again where they were.
    private async Task RestartAllAsync()
    {
        foreach (SiloProcess silo in _silos.Values)
        {
            await silo.DisposeAsync();
        }

        _silos.Clear();
        for (int silo = 0; silo < Silos; silo++)
        {
            Start(silo);
        }

        await Task.WhenAll(_silos.Values.Select(silo => silo.AwaitReadyAsync()));
    }

    private SiloProcess Start(int silo)
    {
        string[] values =
        [
            $"Orleans:Name=silo-{silo}",
            $"Orleans:Endpoints:SiloPort={_ports + silo}",
            $"Orleans:Endpoints:GatewayPort={Gateway(silo)}",
            "Orleans:Clustering:ProviderType=AdoNet",
            "Orleans:Clustering:Invariant=Npgsql",
            $"Orleans:Clustering:ConnectionString={_connection}",
            $"Urls=http://127.0.0.1:{_ports + (2 * Silos) + silo}",
            $"Sluice:MemoryBytes={16 << 20}",
            "Sluice:Slots=1",
            $"Sluice:SpillDirectories:0={Path.Combine(_folder, "spill")}",
            "stop-with-stdin=true",
        ];
        SiloProcess process = new(
            ConsoleProcess.Library(),
            ["silo", "run", .. values.SelectMany(value => new[] { "--set", value })],
            _folder,
            _ports + (2 * Silos) + silo);
        _silos[$"silo-{silo}"] = process;
        return process;
    }

    private async Task GenerateAsync() =>
        Assert.Equal(0, (await Run("gen", "gensort", "--records", Records, "--out", "in")).ExitCode);

    private async Task<IHost> ConnectAsync()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleansClient(client =>
        {
            client.UseStaticClustering(
                [.. Enumerable.Range(0, Silos).Select(silo => new IPEndPoint(IPAddress.Loopback, Gateway(silo)))]);
            client.Configure<Orleans.Configuration.ClusterOptions>(
                options => options.ClusterId = options.ServiceId = "sluice");
            client.AddSluiceClient();
        });
        IHost host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    // In the middle: tasks have ended, and more are to come.
    private static async Task<JobView> AwaitRunningAsync(IHost host)
    {
        using CancellationTokenSource patience = new(Deadline);
        ISluiceClient client = host.Services.GetRequiredService<ISluiceClient>();
        while (true)
        {
            JobView? job = (await client.ListAsync(1, patience.Token)).SingleOrDefault();
            Assert.False(
                job is { IsOver: true },
                $"The job has ended before a silo could be killed: {job?.Status} after {job?.Seconds} s, " +
                    $"{job?.Failure?.What}");
            if (job?.Progress is { TasksDone: > 0 })
            {
                return job;
            }

            await Task.Delay(10, patience.Token);
        }
    }

    // All records are there, in order, and nothing else is.
    private async Task AssertExactAsync(JsonElement job)
    {
        ConsoleResult verified = await Run("verify", "sort", "out", "--format", "gensort", "-o", "json");
        Assert.Equal("succeeded", job.GetProperty("status").GetString());
        Assert.True(verified.ExitCode == 0, verified.Error);
        Assert.Equal((Records, Checksum), (Text(verified, "records"), Text(verified, "checksum")));
        Assert.Empty(Directory.GetDirectories(Path.Combine(_folder, "out")));
    }

    private async Task<IReadOnlyList<JsonElement>> JobsAsync()
    {
        ConsoleResult listed = await Run("jobs", "ls", "--cluster", Gateways, "-o", "json");
        Assert.True(listed.ExitCode == 0, listed.Error);
        return [.. JsonDocument.Parse(listed.Output).RootElement.GetProperty("jobs").EnumerateArray()];
    }

    private static string Text(ConsoleResult result, string name)
    {
        JsonElement value = JsonDocument.Parse(result.Output).RootElement.GetProperty(name);
        return value.ValueKind == JsonValueKind.Number
            ? value.GetInt64().ToString(CultureInfo.InvariantCulture)
            : value.GetString()!;
    }

    private Task<ConsoleResult> Run(params string[] arguments) =>
        ConsoleProcess.RunAsync(_folder, arguments, null, ("SLUICE_SPILL_DIR", Path.Combine(_folder, "spill")));
}
