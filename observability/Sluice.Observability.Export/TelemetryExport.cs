namespace Sluice.Observability;

/// <summary>Sends spans and measurements of this process to an OpenTelemetry backend, while it lives.</summary>
/// <remarks>
/// Set up by the standard <c>OTEL_*</c> variables alone. A backend that is down, slow or refusing costs no job
/// anything: batches wait in a bounded queue, are sent by a thread of their own, and are dropped when there are too
/// many. It is reported once. Ownership: whoever starts it disposes it, which sends what is left. Threading: any
/// thread.
/// </remarks>
public sealed class TelemetryExport : IDisposable
{
    /// <summary>The variable without which nothing is sent.</summary>
    public const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private const string DisabledVariable = "OTEL_SDK_DISABLED";

    /// <summary>How long the end of a process may take for what was not sent yet.</summary>
    public static readonly TimeSpan FlushPatience = TimeSpan.FromSeconds(1);

    private readonly ExportPipeline _pipeline;
    private readonly ExportTrouble _trouble;

    private TelemetryExport(ExportPipeline pipeline, ExportTrouble trouble)
    {
        _pipeline = pipeline;
        _trouble = trouble;
    }

    /// <summary>Whether the environment names a backend.</summary>
    public static bool IsWanted =>
        Environment.GetEnvironmentVariable(EndpointVariable) is { Length: > 0 }
        && !string.Equals(
            Environment.GetEnvironmentVariable(DisabledVariable), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Starts sending, when the environment says where to.</summary>
    /// <param name="options">What the process says of itself.</param>
    /// <param name="report">Told once, when the backend does not take what is sent; on any thread.</param>
    /// <returns>Null when nothing is to be sent; then nobody listens and nothing is recorded.</returns>
    public static TelemetryExport? Start(TelemetryOptions options, Action<string> report)
    {
        if (!IsWanted)
        {
            return null;
        }

        // It listens before anything can go wrong.
        ExportTrouble trouble = new(Environment.GetEnvironmentVariable(EndpointVariable)!, report);
        try
        {
            return new TelemetryExport(ExportPipeline.Start(options), trouble);
        }
        catch (Exception exception) when (exception is ArgumentException or UriFormatException or NotSupportedException)
        {
            trouble.Report(exception.Message);
            trouble.Dispose();
            return null;
        }
    }

    /// <summary>Sends what is left, within <see cref="FlushPatience"/>.</summary>
    public void Dispose()
    {
        if (!_pipeline.TryEnd(FlushPatience))
        {
            _trouble.Report($"it did not take the last of it within {FlushPatience.TotalSeconds:0} s");
        }

        _trouble.Dispose();
    }
}
