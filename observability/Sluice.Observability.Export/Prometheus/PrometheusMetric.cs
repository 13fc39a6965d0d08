using System.Globalization;
using System.Text;

namespace Sluice.Observability;

/// <summary>One instrument's series, added up as its kind asks for.</summary>
/// <remarks>
/// Threading: any thread, by its lock. No more series than <see cref="MostSeries"/>: others share one.
/// </remarks>
internal sealed class PrometheusMetric
{
    /// <summary>OpenTelemetry's limit.</summary>
    public const int MostSeries = 2000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Series> _series = new(StringComparer.Ordinal);
    private readonly string _help;
    private readonly PrometheusKind _kind;
    private readonly double[] _bounds;
    private readonly bool _isObserved;
    private readonly bool _stands;

    /// <param name="name">As Prometheus calls it.</param>
    /// <param name="help">What it means.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="isObserved">Whether its values are asked for, each time all of them.</param>
    /// <param name="stands">Whether each measurement is a value that stands, not a change.</param>
    /// <param name="bounds">Upper ends of a histogram's buckets, growing.</param>
    public PrometheusMetric(
        string name, string help, PrometheusKind kind, bool isObserved, bool stands, IReadOnlyList<double> bounds)
    {
        Name = name;
        _help = help;
        _kind = kind;
        _isObserved = isObserved;
        _stands = stands;
        _bounds = [.. bounds];
    }

    public string Name { get; }

    /// <summary>Takes one measurement.</summary>
    public void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string labels = LabelSet.Of(tags);
        lock (_gate)
        {
            Series series = SeriesOf(labels);
            if (_kind == PrometheusKind.Histogram)
            {
                series.Count++;
                series.Value += value;
                int bucket = Array.FindIndex(_bounds, bound => value <= bound);
                if (bucket >= 0)
                {
                    series.Buckets[bucket]++;
                }
            }
            else
            {
                series.Value = _stands && !series.IsShared ? value : series.Value + value;
            }
        }
    }

    /// <summary>Forgets what was observed: what is not told again does not stand any more.</summary>
    public void BeginObserving()
    {
        if (_isObserved)
        {
            lock (_gate)
            {
                _series.Clear();
            }
        }
    }

    /// <summary>Writes the metric with all its series; nothing when it has none.</summary>
    public void Write(StringBuilder text)
    {
        lock (_gate)
        {
            if (_series.Count == 0)
            {
                return;
            }

            string help = _help
                .Replace(@"\", @"\\", StringComparison.Ordinal)
                .Replace("\n", @"\n", StringComparison.Ordinal);
            text.Append("# HELP ").Append(Name).Append(' ').Append(help).Append('\n');
            text.Append("# TYPE ").Append(Name).Append(' ').Append(TypeOf(_kind)).Append('\n');
            foreach ((string labels, Series series) in _series.OrderBy(one => one.Key, StringComparer.Ordinal))
            {
                if (_kind == PrometheusKind.Histogram)
                {
                    WriteBuckets(text, labels, series);
                }
                else
                {
                    WriteLine(text, Name, labels, series.Value);
                }
            }
        }
    }

    private void WriteBuckets(StringBuilder text, string labels, Series series)
    {
        string separator = labels.Length == 0 ? "" : ",";
        long sum = 0;
        for (int bucket = 0; bucket < _bounds.Length; bucket++)
        {
            sum += series.Buckets[bucket];
            WriteLine(text, $"{Name}_bucket", $"{labels}{separator}le=\"{Number(_bounds[bucket])}\"", sum);
        }

        WriteLine(text, $"{Name}_bucket", $"{labels}{separator}le=\"+Inf\"", series.Count);
        WriteLine(text, $"{Name}_sum", labels, series.Value);
        WriteLine(text, $"{Name}_count", labels, series.Count);
    }

    private static void WriteLine(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private Series SeriesOf(string labels)
    {
        if (_series.TryGetValue(labels, out Series? series))
        {
            return series;
        }

        bool isFull = _series.Count >= MostSeries;
        if (isFull && _series.TryGetValue(LabelSet.Overflow, out series))
        {
            return series;
        }

        series = new Series(_bounds.Length, isFull);
        _series[isFull ? LabelSet.Overflow : labels] = series;
        return series;
    }

    private static string TypeOf(PrometheusKind kind) => kind switch
    {
        PrometheusKind.Counter => "counter",
        PrometheusKind.Gauge => "gauge",
        _ => "histogram",
    };

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private sealed class Series(int buckets, bool isShared)
    {
        public double Value { get; set; }

        public long Count { get; set; }

        public long[] Buckets { get; } = new long[buckets];

        /// <summary>Whether several sets of attributes share it.</summary>
        public bool IsShared => isShared;
    }
}
