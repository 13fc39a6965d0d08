using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Sluice.Grains;

/// <summary>Makes Orleans silos shuffle silos, and clients of clusters clients of shuffles.</summary>
public static class SluiceHosting
{
    /// <summary>Turns a silo into a shuffle silo, beside whatever else it hosts.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="configure">What it gives to shuffles.</param>
    public static ISiloBuilder AddSluice(this ISiloBuilder builder, Action<SluiceSiloOptions>? configure = null)
    {
        builder.Services.AddOptions<SluiceSiloOptions>()
            .BindConfiguration("Sluice")
            .Configure(options => configure?.Invoke(options));
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<ExchangeTraffic>();
        builder.Services.AddSingleton<ReceiveWindows>();
        builder.Services.AddSingleton<GrainTransportFactory>();
        builder.Services.AddSingleton<SiloEngine>();
        builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(
            services => services.GetRequiredService<SiloEngine>());
        builder.Services.AddSingleton(services =>
        {
            SiloEngine engine = services.GetRequiredService<SiloEngine>();
            return new ServingDesk(
                engine.Outputs,
                engine.Serving,
                services.GetRequiredService<TimeProvider>(),
                services.GetRequiredService<ExchangeTraffic>(),
                job => engine.Jobs.Find(job)?.Tracing?.Serving);
        });
        builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(
            services => services.GetRequiredService<ServingDesk>());
        builder.Services.AddSingleton<INetworkBufferPoolClient, NetworkBufferPoolClient>();
        builder.Services.AddSingleton<SiloRoster>();
        builder.Services.TryAddSingleton<IJobHistory, DirectoryHistory>();
        builder.Services.AddSingleton<JobPlanning>();
        builder.Services.AddSingleton<IHostedService, HeartbeatService>();
        builder.AddGrainService<NetworkBufferPoolService>();
        builder.AddPlacementDirector<PinnedPlacement, PinnedPlacementDirector>();
        return builder;
    }

    /// <summary>Gives applications an <see cref="ISluiceClient"/>.</summary>
    public static IClientBuilder AddSluiceClient(this IClientBuilder builder)
    {
        builder.Services.AddSingleton<ISluiceClient, SluiceClient>();
        return builder;
    }
}
