using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>Addresses of traces in a backend's pages.</summary>
internal static class TraceLink
{
    private const string Place = "{traceId}";

    /// <summary>The template, if it has a place for the trace's id.</summary>
    /// <exception cref="SluiceException">It has none.</exception>
    public static Setting<string?> Require(Setting<string?> template) =>
        template.Value?.Contains(Place, StringComparison.Ordinal) != false
            ? template
            : throw new SluiceException(ConsoleErrors.BadValue(
                template.Text, "an address with {traceId}", template.Origin, "http://localhost:16686/trace/{traceId}"));

    /// <summary>Where the trace is shown; null without a template or a trace.</summary>
    public static string? Of(Settings settings, string traceId) =>
        traceId.Length == 0 ? null : settings.TraceLink.Value?.Replace(Place, traceId, StringComparison.Ordinal);
}
