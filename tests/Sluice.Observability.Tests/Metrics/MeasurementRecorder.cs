using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Sluice.Observability.Tests;

/// <summary>One measurement with its attributes.</summary>
internal sealed record Measured(string Instrument, double Value, IReadOnlyDictionary<string, string> Tags)
{
    public bool Has(params (string Name, string Value)[] tags) =>
        tags.All(tag => Tags.GetValueOrDefault(tag.Name) == tag.Value);
}

/// <summary>Listens to all instruments of Sluice, as a backend does.</summary>
internal sealed class MeasurementRecorder : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<Measured> _told = new();
    private readonly ConcurrentDictionary<string, Instrument> _instruments = new(StringComparer.Ordinal);

    [ThreadStatic]
    private static List<Measured>? t_asked;

    public MeasurementRecorder()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == Telemetry.MeterName)
            {
                _instruments[instrument.Name] = instrument;
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
    }

    public IReadOnlyDictionary<string, Instrument> Instruments => _instruments;

    /// <summary>What counters and histograms were told so far.</summary>
    public IReadOnlyList<Measured> Told => [.. _told];

    /// <summary>Asks all observable instruments.</summary>
    public IReadOnlyList<Measured> Ask()
    {
        t_asked = [];
        _listener.RecordObservableInstruments();
        IReadOnlyList<Measured> asked = t_asked;
        t_asked = null;
        return asked;
    }

    public void Dispose() => _listener.Dispose();

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        Dictionary<string, string> named = new(StringComparer.Ordinal);
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            named.Add(tag.Key, tag.Value?.ToString() ?? "");
        }

        Measured measured = new(instrument.Name, value, named);
        if (instrument.IsObservable)
        {
            t_asked!.Add(measured);
        }
        else
        {
            _told.Enqueue(measured);
        }
    }
}

/// <summary>Sums of measurements.</summary>
internal static class Measurements
{
    public static double Sum(
        this IEnumerable<Measured> all, string instrument, params (string Name, string Value)[] tags) =>
        all.Where(one => one.Instrument == instrument && one.Has(tags)).Sum(one => one.Value);
}

/// <summary>Tests that look at sums of the whole process: nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MeasuredAlone
{
    public const string Name = "measured alone";
}
