using System.Collections;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Sluice.Jobs;

namespace Sluice.Grains;

/// <summary>What a line of the log is about: job, stage, task, attempt, and the job's trace.</summary>
/// <param name="job">The job.</param>
/// <param name="attempt">One of its attempts; null for the job as a whole.</param>
/// <param name="trace">The job's trace, where the line is not written inside one of its spans.</param>
internal sealed class LogScope(JobId job, AttemptId? attempt, ActivityTraceId trace)
    : IReadOnlyList<KeyValuePair<string, object?>>
{
    private readonly KeyValuePair<string, object?>[] _values =
    [
        new("job", job.ToString()),
        .. attempt is AttemptId id
            ?
            [
                new("stage", id.Task.Stage.Value),
                new("task", id.Task.Index),
                new("attempt", id.Number),
            ]
            : Array.Empty<KeyValuePair<string, object?>>(),
        .. trace == default || Activity.Current?.TraceId == trace
            ? Array.Empty<KeyValuePair<string, object?>>()
            : [new("TraceId", trace.ToHexString())],
    ];

    public int Count => _values.Length;

    public KeyValuePair<string, object?> this[int index] => _values[index];

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => _values.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // As the console shows it.
    public override string ToString() => string.Join(
        ", ", _values.Select(value => string.Create(CultureInfo.InvariantCulture, $"{value.Key}:{value.Value}")));
}

/// <summary>Writes every line inside a scope of its own, whatever turn of a grain or thread it comes from.</summary>
/// <param name="logger">Takes the lines.</param>
/// <param name="scope">Asked for each line that is written.</param>
internal sealed class ScopedLogger(ILogger logger, Func<LogScope> scope) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => logger.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => logger.IsEnabled(logLevel);

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (logger.IsEnabled(logLevel))
        {
            using IDisposable? about = logger.BeginScope(scope());
            logger.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
