using System.Diagnostics.Metrics;
using System.Text;

namespace Sluice.Observability;

/// <summary>
/// Keeps what the instruments of some meters measure, and tells it in Prometheus's text format, version 0.0.4.
/// </summary>
/// <remarks>
/// Listens from when it is made: what was counted before, by instruments that are told, is not seen. Ownership: whoever
/// makes it disposes it, and from then on nothing is recorded. Threading: any thread.
/// </remarks>
public sealed class PrometheusCollector : IDisposable
{
    /// <summary>The media type of what <see cref="Collect"/> returns.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    // OpenTelemetry's, for histograms that advise none.
    private static readonly double[] DefaultBounds =
        [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000];

    private readonly MeterListener _listener = new();
    private readonly HashSet<string> _meters;
    private readonly Lock _collecting = new();
    private readonly Lock _gate = new();

    // Under _gate.
    private readonly SortedDictionary<string, PrometheusMetric> _metrics = new(StringComparer.Ordinal);

    /// <param name="meters">Names of the meters to listen to.</param>
    public PrometheusCollector(params IEnumerable<string> meters)
    {
        _meters = new HashSet<string>(meters, StringComparer.Ordinal);
        _listener.InstrumentPublished = Publish;
        _listener.MeasurementsCompleted = (_, state) => Forget(state);
        _listener.SetMeasurementEventCallback<byte>((_, value, tags, state) => Take(value, tags, state));
        _listener.SetMeasurementEventCallback<short>((_, value, tags, state) => Take(value, tags, state));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, state) => Take(value, tags, state));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, state) => Take(value, tags, state));
        _listener.SetMeasurementEventCallback<float>((_, value, tags, state) => Take(value, tags, state));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, state) => Take(value, tags, state));
        _listener.SetMeasurementEventCallback<decimal>((_, value, tags, state) => Take((double)value, tags, state));
        _listener.Start();
    }

    /// <summary>Asks all that is to be asked and tells everything.</summary>
    public string Collect()
    {
        lock (_collecting)
        {
            PrometheusMetric[] metrics = All();
            Array.ForEach(metrics, metric => metric.BeginObserving());
            try
            {
                _listener.RecordObservableInstruments();
            }
            catch (AggregateException)
            {
                // An instrument that cannot be asked now is left out; the others have been.
            }

            StringBuilder text = new();
            foreach (PrometheusMetric metric in All())
            {
                metric.Write(text);
            }

            return text.ToString();
        }
    }

    public void Dispose() => _listener.Dispose();

    private static void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state) =>
        (state as PrometheusMetric)?.Take(value, tags);

    private PrometheusMetric[] All()
    {
        lock (_gate)
        {
            return [.. _metrics.Values];
        }
    }

    private void Publish(Instrument instrument, MeterListener listener)
    {
        if (!_meters.Contains(instrument.Meter.Name))
        {
            return;
        }

        PrometheusKind kind = KindOf(instrument);
        string name = PrometheusName.OfMetric(instrument.Name, instrument.Unit, kind);
        PrometheusMetric metric = new(
            name,
            string.IsNullOrEmpty(instrument.Description) ? instrument.Name : instrument.Description,
            kind,
            instrument.IsObservable,
            instrument.IsObservable || instrument.GetType().GetGenericTypeDefinition() == typeof(Gauge<>),
            kind == PrometheusKind.Histogram ? BoundsOf(instrument) : []);
        lock (_gate)
        {
            // Two instruments of one name would contradict each other: the first is kept.
            if (!_metrics.TryAdd(name, metric))
            {
                return;
            }
        }

        listener.EnableMeasurementEvents(instrument, metric);
    }

    // Its meter was disposed; another may have an instrument of the same name later.
    private void Forget(object? state)
    {
        if (state is PrometheusMetric metric)
        {
            lock (_gate)
            {
                _metrics.Remove(metric.Name);
            }
        }
    }

    private static PrometheusKind KindOf(Instrument instrument)
    {
        Type kind = instrument.GetType().GetGenericTypeDefinition();
        return kind == typeof(Counter<>) || kind == typeof(ObservableCounter<>) ? PrometheusKind.Counter
            : kind == typeof(Histogram<>) ? PrometheusKind.Histogram
            : PrometheusKind.Gauge;
    }

    private static IReadOnlyList<double> BoundsOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: IReadOnlyList<double> bounds } => bounds,
        Histogram<long> { Advice.HistogramBucketBoundaries: IReadOnlyList<long> bounds } =>
            [.. bounds.Select(bound => (double)bound)],
        Histogram<int> { Advice.HistogramBucketBoundaries: IReadOnlyList<int> bounds } =>
            [.. bounds.Select(bound => (double)bound)],
        _ => DefaultBounds,
    };
}
