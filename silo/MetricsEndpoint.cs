using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Observability;

namespace Sluice.Silo;

/// <summary>`/metrics` in Prometheus's text format beside `/health`, where `Sluice:Metrics` is true.</summary>
/// <remarks>Elsewhere nobody listens to the instruments for it, and there is no such page.</remarks>
internal static class MetricsEndpoint
{
    // What the runtime tells of itself: collections, processor time, memory, thread pool.
    private const string RuntimeMeter = "System.Runtime";

    public static void AddTo(WebApplicationBuilder builder)
    {
        if (builder.Configuration.GetValue<bool>(SiloConfiguration.Metrics))
        {
            // Disposed with the silo. It listens before the silo's engine makes its instruments.
            builder.Services.AddSingleton(_ => new PrometheusCollector(Telemetry.MeterName, RuntimeMeter));
        }
    }

    public static void Map(WebApplication app)
    {
        if (app.Services.GetService<PrometheusCollector>() is PrometheusCollector collector)
        {
            app.MapGet("/metrics", () => Results.Text(collector.Collect(), PrometheusCollector.ContentType));
        }
    }
}
