using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Messaging;
using Sluice.Grains;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>The console's connection to a cluster, through whichever of its gateways is alive.</summary>
internal sealed class ClusterConnection : IAsyncDisposable
{
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LearnInterval = TimeSpan.FromSeconds(2);

    private readonly IHost _host;
    private readonly GatewayList _gateways;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _learning;

    private ClusterConnection(IHost host, GatewayList gateways)
    {
        _host = host;
        _gateways = gateways;
        Client = host.Services.GetRequiredService<ISluiceClient>();
        _learning = LearnAsync();
    }

    public ISluiceClient Client { get; }

    /// <summary>Connects as the command line says.</summary>
    /// <exception cref="SluiceException">No gateway answers, or none is named.</exception>
    public static async Task<ClusterConnection> OpenAsync(VerbCall call, CancellationToken cancellationToken)
    {
        Settings settings = call.Settings;
        if (settings.Cluster is not { Value: string named } cluster)
        {
            throw new SluiceException(ConsoleErrors.Missing(
                "--cluster HOST:PORT", UsageCheck.PathOf(call.Parse.CommandResult)));
        }

        string where = $"{cluster.Origin}: {named}";
        GatewayList gateways = await GatewayList.ParseAsync(named, cluster.Origin);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<IHostLifetime, CallersLifetime>();
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(options =>
            {
                options.ClusterId = settings.ClusterId.Text;
                options.ServiceId = settings.ClusterId.Text;
            });
            client.Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = TimeSpan.FromSeconds(2));
            client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(10));
            client.Services.AddSingleton<IGatewayListProvider>(gateways);
            client.AddSluiceClient();
        });
        IHost host = builder.Build();
        try
        {
            using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(ConnectPatience);
            await host.StartAsync(patience.Token);
            return new ClusterConnection(host, gateways);
        }
        catch (Exception exception)
        {
            host.Dispose();

            // Orleans says of a start that was cancelled only that it could not connect.
            cancellationToken.ThrowIfCancellationRequested();
            throw new SluiceException(ConsoleErrors.NoGateway(where, settings.ClusterId.Text), exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _learning;
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(2));
        try
        {
            await _host.StopAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // A gateway that does not say goodbye is left alone.
        }

        _host.Dispose();
        _closing.Dispose();
    }

    private async Task LearnAsync()
    {
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                _gateways.Learn((await Client.GetSilosAsync(_closing.Token)).Select(silo => silo.Gateway));
                await Task.Delay(LearnInterval, _closing.Token);
            }
#pragma warning disable CA1031 // What is not learned now is learned later; the gateways known so far still serve.
            catch (Exception)
#pragma warning restore CA1031
            {
                await Task.Delay(LearnInterval, CancellationToken.None)
                    .WaitAsync(_closing.Token)
                    .ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }
    }
}

/// <summary>
/// A host that ends when its owner says so: signals are the console's, which would hear of them too late.
/// </summary>
internal sealed class CallersLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>The gateways that were named, and those the cluster has told of since.</summary>
internal sealed class GatewayList : IGatewayListProvider
{
    private readonly List<Uri> _named;
    private volatile IReadOnlyList<Uri> _known;

    private GatewayList(List<Uri> named)
    {
        _named = named;
        _known = named;
    }

    public TimeSpan MaxStaleness => TimeSpan.FromSeconds(2);

    public bool IsUpdatable => true;

    /// <summary>Reads `HOST:PORT[,HOST:PORT]`.</summary>
    /// <exception cref="SluiceException">It is not that, or a host is not known.</exception>
    public static async Task<GatewayList> ParseAsync(string text, string origin)
    {
        List<Uri> gateways = [];
        foreach (string one in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int colon = one.LastIndexOf(':');
            if (colon <= 0 || !ushort.TryParse(one.AsSpan(colon + 1), out ushort port) || port == 0)
            {
                throw BadGateway(one, origin);
            }

            try
            {
                IPAddress[] addresses = await Dns.GetHostAddressesAsync(one[..colon]);
                gateways.AddRange(addresses.Select(address => new IPEndPoint(address, port).ToGatewayUri()));
            }
            catch (System.Net.Sockets.SocketException exception)
            {
                throw new SluiceException(
                    ConsoleErrors.NoGateway($"{origin}: {one} ({exception.Message})", ""), exception);
            }
        }

        return gateways.Count > 0 ? new GatewayList(gateways) : throw BadGateway(text, origin);
    }

    /// <summary>Takes in which gateways the cluster has now.</summary>
    public void Learn(IEnumerable<string> gateways)
    {
        Uri[] learned =
        [
            .. gateways
                .Where(gateway => gateway.Length > 0)
                .Select(gateway => IPEndPoint.Parse(gateway).ToGatewayUri()),
        ];
        if (learned.Length > 0)
        {
            _known = [.. learned.Union(_named)];
        }
    }

    public Task InitializeGatewayListProvider() => Task.CompletedTask;

    public Task<IList<Uri>> GetGateways() => Task.FromResult<IList<Uri>>([.. _known]);

    private static SluiceException BadGateway(string text, string origin) =>
        new(ConsoleErrors.BadValue(text, "HOST:PORT of a silo's gateway", origin, "127.0.0.1:30000"));
}
