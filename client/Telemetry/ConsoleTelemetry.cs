using System.Diagnostics;
using System.Runtime.CompilerServices;
using Sluice.Jobs;
using Sluice.Observability;

namespace Sluice.Client;

/// <summary>Traces the jobs that this console starts, and sends what this process emits while it runs them.</summary>
/// <remarks>
/// Only verbs that run jobs start the export, so that a silo in the same process has its own. Without a backend in the
/// environment none of OpenTelemetry is loaded. Ownership: the program disposes it at its end, which costs a second at
/// the most.
/// </remarks>
internal sealed class ConsoleTelemetry : IDisposable
{
    private readonly TextWriter? _error;
    private IDisposable? _export;
    private string? _trouble;

    /// <param name="error">Where a backend that does not answer is reported; null sends nothing.</param>
    public ConsoleTelemetry(TextWriter? error = null)
    {
        _error = error;
    }

    /// <summary>Runs a job below a span of the console's.</summary>
    /// <param name="name">What the user calls the job.</param>
    /// <param name="run">Runs it.</param>
    public async Task<T> TraceAsync<T>(string name, Func<Task<T>> run)
    {
        if (_error is not null && _export is null
            && Environment.GetEnvironmentVariable(TelemetryExport.EndpointVariable) is { Length: > 0 })
        {
            _export = StartExport();
        }

        using Activity? span = Telemetry.Source.StartActivity(SpanNames.Client, ActivityKind.Client);
        if (span is not null)
        {
            span.DisplayName = $"{SpanNames.Client} {name}";
            span.SetTag(AttributeNames.JobName, name);
        }

        try
        {
            return await run();
        }
        catch (SluiceException exception)
        {
            Spans.Fail(span, exception.Error.Code, exception.Error.What);
            throw;
        }
        catch (OperationCanceledException)
        {
            span?.SetTag(AttributeNames.Stopped, true);
            throw;
        }
    }

    public void Dispose()
    {
        _export?.Dispose();
        _export = null;
        if (_trouble is not null)
        {
            _error!.WriteLine($"sluice: {_trouble}");
        }
    }

    // A method of its own, so that the export's assembly is loaded only when it is called. What goes wrong is told at
    // the end, below whatever progress is being drawn.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private TelemetryExport? StartExport() => TelemetryExport.Start(
        new TelemetryOptions
        {
            Service = "sluice-console",
            Version = typeof(ConsoleTelemetry).Assembly.GetName().Version!.ToString(3),
        },
        trouble => _trouble = trouble);
}
