using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Sluice.Cluster.Tests;

/// <summary>One line of the log with its scopes.</summary>
internal sealed record LogLine(
    string Category, LogLevel Level, int Id, string Text, IReadOnlyDictionary<string, string> Scopes);

/// <summary>Keeps all lines of a silo's log.</summary>
internal sealed class LogLines : ILoggerProvider, ISupportExternalScope
{
    /// <summary>Settings of a silo that logs all there is, but not to the console.</summary>
    public static readonly string[] Settings =
    [
        "--Logging:LogLevel:Default=Information",
        "--Logging:LogLevel:Sluice=Trace",
        "--Logging:Console:LogLevel:Default=None",
    ];

    private readonly ConcurrentQueue<LogLine> _lines = new();
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    public IReadOnlyList<LogLine> All => [.. _lines];

    /// <summary>Keeps what a silo logs from now on.</summary>
    /// <param name="silo">Its services.</param>
    public static LogLines Of(IServiceProvider silo)
    {
        LogLines lines = new();
        silo.GetRequiredService<ILoggerFactory>().AddProvider(lines);
        return lines;
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose()
    {
    }

    private sealed class Logger(LogLines lines, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => lines._scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            Dictionary<string, string> scopes = new(StringComparer.Ordinal);
            lines._scopes.ForEachScope(
                (scope, all) =>
                {
                    foreach (KeyValuePair<string, object?> one in
                        scope as IEnumerable<KeyValuePair<string, object?>> ?? [])
                    {
                        all[one.Key] = one.Value?.ToString() ?? "";
                    }
                },
                scopes);
            lines._lines.Enqueue(
                new LogLine(category, logLevel, eventId.Id, $"{formatter(state, exception)} {exception}", scopes));
        }
    }
}
