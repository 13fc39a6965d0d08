using System.Diagnostics.Tracing;

namespace Sluice.Observability;

/// <summary>Hears what OpenTelemetry says of failed exports, and passes the first on.</summary>
/// <remarks>
/// OpenTelemetry tells its own failures as events, and nobody else. Threading: events come on any thread.
/// </remarks>
internal sealed class ExportTrouble : EventListener
{
    private const string Exporters = "OpenTelemetry-Exporter-";

    private readonly string _endpoint;
    private readonly Action<string> _report;
    private int _isReported;

    /// <param name="endpoint">Where everything is sent.</param>
    /// <param name="report">Told once.</param>
    public ExportTrouble(string endpoint, Action<string> report)
    {
        // Sources that exist already are told from the base's constructor; by now they are waited for with all fields
        // set.
        _endpoint = Shown(endpoint);
        _report = report;
        EventSourceCreated += (_, made) => Listen(made.EventSource);
    }

    /// <summary>Says what is wrong and what to do about it, once.</summary>
    public void Report(string what)
    {
        if (Interlocked.Exchange(ref _isReported, 1) == 0)
        {
            _report($"traces and measurements do not reach {_endpoint}: {what}. Jobs are not affected. " +
                $"Start the backend there, or unset {TelemetryExport.EndpointVariable}.");
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        // Counters of other sources come to every listener, at a level of their own: `LogAlways`, which is no failure.
        if (_report is not null && eventData.Level is (EventLevel.Error or EventLevel.Critical)
            && eventData.EventSource.Name.StartsWith(Exporters, StringComparison.Ordinal))
        {
            Report(Reason(eventData));
        }
    }

    private void Listen(EventSource? source)
    {
        if (source is not null && source.Name.StartsWith(Exporters, StringComparison.Ordinal))
        {
            EnableEvents(source, EventLevel.Error);
        }
    }

    // The first line of the innermost cause; the rest is a stack.
    private static string Reason(EventWrittenEventArgs eventData)
    {
        string told = eventData.Payload?.OfType<string>().LastOrDefault() ?? eventData.EventName ?? "";
        string line = told.Split('\n', 2)[0].Trim();
        int inner = line.LastIndexOf("---> ", StringComparison.Ordinal);
        line = inner < 0 ? line : line[(inner + "---> ".Length)..];
        int colon = line.IndexOf("Exception", StringComparison.Ordinal) is >= 0 and int name
            ? line.IndexOf(": ", name, StringComparison.Ordinal)
            : -1;
        return (colon < 0 ? line : line[(colon + 2)..]).TrimEnd('.');
    }

    // A name and a password in it are for the backend alone.
    private static string Shown(string endpoint) => Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? uri)
        ? uri.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped)
        : endpoint;
}
