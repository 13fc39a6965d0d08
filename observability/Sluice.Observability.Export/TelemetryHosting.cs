using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Sluice.Observability;

/// <summary>Gives hosts the export: silos, and any application with Sluice in it.</summary>
public static class TelemetryHosting
{
    /// <summary>Sends what Sluice emits from the host's start to its end, where the environment says so.</summary>
    /// <param name="services">Of the host; call it before what is to be traced is added, so that it ends after
    /// that.</param>
    /// <param name="options">What the process says of itself; asked when the host starts.</param>
    public static IServiceCollection AddSluiceTelemetry(
        this IServiceCollection services, Func<IServiceProvider, TelemetryOptions> options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        return TelemetryExport.IsWanted
            ? services.AddSingleton<IHostedService>(provider => new TelemetryService(
                provider, options, provider.GetRequiredService<ILogger<TelemetryExport>>()))
            : services;
    }
}

/// <summary>Exports while its host runs.</summary>
internal sealed partial class TelemetryService(
    IServiceProvider provider, Func<IServiceProvider, TelemetryOptions> options, ILogger<TelemetryExport> logger)
    : IHostedService, IDisposable
{
    private TelemetryExport? _export;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _export = TelemetryExport.Start(options(provider), LogTrouble);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.Run(Dispose, CancellationToken.None);

    public void Dispose() => Interlocked.Exchange(ref _export, null)?.Dispose();

    [LoggerMessage(60, LogLevel.Warning, "{Trouble}")]
    private partial void LogTrouble(string trouble);
}
