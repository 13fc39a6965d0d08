using System.Diagnostics.Tracing;

namespace Sluice.Observability.Tests;

/// <summary>
/// What is passed on of what OpenTelemetry tells: the first failure of an exporter, and nothing else.
/// </summary>
public sealed class ExportTroubleTests
{
    private const string Endpoint = "http://name:secret@127.0.0.1:4318";
    private readonly List<string> _told = [];

    [Fact]
    public void The_first_failure_of_an_exporter_is_told_with_its_innermost_cause()
    {
        using EventSource exporter = new("OpenTelemetry-Exporter-Sluice-Test");
        using ExportTrouble trouble = new(Endpoint, _told.Add);

        Write(exporter, EventLevel.Informational, "all is well");
        Write(
            exporter,
            EventLevel.Error,
            "System.Net.Http.HttpRequestException: outer ---> System.IO.IOException: refused.\n at X");
        Write(exporter, EventLevel.Error, "System.Net.Http.HttpRequestException: later");

        string told = Assert.Single(_told);
        Assert.StartsWith(
            "traces and measurements do not reach http://127.0.0.1:4318: refused. Jobs are not affected.",
            told,
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_other_sources_tell_is_no_failure_of_the_backend()
    {
        using EventSource other = new("Sluice-Test-Counters");
        using Everything everything = new(other);
        using ExportTrouble trouble = new(Endpoint, _told.Add);

        Write(other, EventLevel.LogAlways, "EventCounters");
        Write(other, EventLevel.Error, "something else broke");

        Assert.Equal(2, everything.Heard);
        Assert.Empty(_told);
    }

    private static void Write(EventSource source, EventLevel level, string what) =>
        source.Write("Told", new EventSourceOptions { Level = level }, new { what });

    /// <summary>Has a source tell everything, as hosts do that publish counters.</summary>
    private sealed class Everything : EventListener
    {
        public Everything(EventSource source) => EnableEvents(source, EventLevel.LogAlways);

        public int Heard { get; private set; }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (eventData.EventName == "Told")
            {
                Heard++;
            }
        }
    }
}
