using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Sluice.Observability;

/// <summary>OpenTelemetry's providers over Sluice's source and meter.</summary>
/// <remarks>The one type that knows OpenTelemetry's: where nothing is sent, its assemblies are never loaded.</remarks>
internal sealed class ExportPipeline
{
    private const string ProtocolVariable = "OTEL_EXPORTER_OTLP_PROTOCOL";
    private const string DelayVariable = "OTEL_BSP_SCHEDULE_DELAY";
    private const int GrpcPort = 4317;

    // Milliseconds between batches: so that the first, which opens the connection, seldom falls into the last second.
    private const int Delay = 500;

    private static readonly string[] OrleansSources = ["Microsoft.Orleans.Runtime", "Microsoft.Orleans.Application"];

    private readonly TracerProvider? _traces;
    private readonly MeterProvider? _metrics;

    private ExportPipeline(TracerProvider? traces, MeterProvider? metrics)
    {
        _traces = traces;
        _metrics = metrics;
    }

    /// <exception cref="ArgumentException">A variable of OpenTelemetry's cannot be used.</exception>
    public static ExportPipeline Start(TelemetryOptions options) =>
        new(
            IsOff("OTEL_TRACES_EXPORTER") ? null : Traces(options),
            IsOff("OTEL_METRICS_EXPORTER") ? null : Metrics(options));

    /// <summary>Sends what is left and ends.</summary>
    /// <returns>False when that was not done in time; the rest is lost.</returns>
    public bool TryEnd(TimeSpan patience)
    {
        // A backend that hangs would keep each of them waiting for ten seconds, so nobody waits for them themselves.
        int milliseconds = (int)patience.TotalMilliseconds;
        Task<bool> traces = OnThread(() => _traces?.Shutdown(milliseconds) ?? true);
        Task<bool> metrics = OnThread(() => _metrics?.Shutdown(milliseconds) ?? true);
        return Task.WaitAll([traces, metrics], patience) && traces.Result && metrics.Result;
    }

    // Not on the pool's threads: the connections that both wait for need those, and there are as few as cores at first.
    private static Task<bool> OnThread(Func<bool> end) => Task.Factory.StartNew(
        end,
        CancellationToken.None,
        TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
        TaskScheduler.Default);

    private static TracerProvider Traces(TelemetryOptions options)
    {
        TracerProviderBuilder builder = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(ResourceOf(options))
            .AddSource(Telemetry.SourceName);
        if (options.IncludeOrleans)
        {
            builder.AddSource(OrleansSources);
        }

        return builder.AddOtlpExporter(exporter =>
        {
            Choose(exporter);
            if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(DelayVariable)))
            {
                exporter.BatchExportProcessorOptions.ScheduledDelayMilliseconds = Delay;
            }
        }).Build();
    }

    private static MeterProvider Metrics(TelemetryOptions options)
    {
        MeterProviderBuilder builder = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceOf(options))
            .AddMeter(Telemetry.MeterName);
        if (options.IncludeOrleans)
        {
            builder.AddMeter("Microsoft.Orleans");
        }

        return builder.AddOtlpExporter(Choose).Build();
    }

    private static ResourceBuilder ResourceOf(TelemetryOptions options) => ResourceBuilder.CreateDefault()
        .AddService(
            options.Service,
            serviceVersion: options.Version,
            autoGenerateServiceInstanceId: options.Instance is null,
            serviceInstanceId: options.Instance)
        .AddEnvironmentVariableDetector();

    // What the environment leaves open: HTTP, as OpenTelemetry recommends, but not at the port that speaks gRPC.
    private static void Choose(OtlpExporterOptions exporter)
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(ProtocolVariable)))
        {
            exporter.Protocol =
                new Uri(Environment.GetEnvironmentVariable(TelemetryExport.EndpointVariable)!).Port == GrpcPort
                ? OtlpExportProtocol.Grpc
                : OtlpExportProtocol.HttpProtobuf;
        }
    }

    private static bool IsOff(string variable) =>
        string.Equals(Environment.GetEnvironmentVariable(variable), "none", StringComparison.OrdinalIgnoreCase);
}
