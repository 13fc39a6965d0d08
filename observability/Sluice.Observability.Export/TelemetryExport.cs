using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Sluice.Observability;

/// <summary>Sends spans and measurements of this process to an OpenTelemetry backend, while it lives.</summary>
/// <remarks>Ownership: whoever starts it disposes it, which sends what is left. Threading: any thread.</remarks>
public sealed class TelemetryExport : IDisposable
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private readonly TracerProvider _traces;
    private readonly MeterProvider _metrics;

    private TelemetryExport(TracerProvider traces, MeterProvider metrics)
    {
        _traces = traces;
        _metrics = metrics;
    }

    /// <summary>Starts sending, when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says where to.</summary>
    /// <param name="service">Name of the process's kind, unless <c>OTEL_SERVICE_NAME</c> names another.</param>
    /// <param name="version">Its version.</param>
    /// <returns>Null when nothing is to be sent; then nobody listens and nothing is recorded.</returns>
    public static TelemetryExport? Start(string service, string version)
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Endpoint)))
        {
            return null;
        }

        ResourceBuilder resource = ResourceBuilder.CreateDefault().AddService(service, serviceVersion: version);
        TracerProvider traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource.AddEnvironmentVariableDetector())
            .AddSource(Telemetry.SourceName)
            .AddOtlpExporter()
            .Build();
        MeterProvider metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(Telemetry.MeterName)
            .AddOtlpExporter()
            .Build();
        return new TelemetryExport(traces, metrics);
    }

    public void Dispose()
    {
        _traces.Dispose();
        _metrics.Dispose();
    }
}
