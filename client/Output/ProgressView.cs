namespace Sluice.Client;

/// <summary>Shows on standard error how far something is, and leaves no trace on a terminal when it is over.</summary>
/// <remarks>Threading: <see cref="Report"/> may be called from any thread.</remarks>
internal abstract class ProgressView : IAsyncDisposable
{
    /// <summary>Live on a terminal, a plain line now and then elsewhere, nothing when the user wants none.</summary>
    public static ProgressView Open(Terminal terminal, OutputStyle style) => style switch
    {
        { HasProgress: false } => new NoProgress(),
        _ when terminal.IsErrorTerminal && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb") =>
            new LiveProgress(terminal, style.HasColor),
        _ => new PlainProgress(terminal.Error, TimeProvider.System),
    };

    public abstract void Report(ProgressState state);

    public abstract ValueTask DisposeAsync();
}

/// <summary>Says nothing.</summary>
internal sealed class NoProgress : ProgressView
{
    public override void Report(ProgressState state)
    {
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>One line every five seconds at most, so that a log stays readable.</summary>
internal sealed class PlainProgress(TextWriter error, TimeProvider time) : ProgressView
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private long _last = time.GetTimestamp();

    public override void Report(ProgressState state)
    {
        lock (_gate)
        {
            if (time.GetElapsedTime(_last) < Interval)
            {
                return;
            }

            _last = time.GetTimestamp();
        }

        string detail = state.Detail.Length == 0 ? "" : $" {state.Detail},";
        error.WriteLine($"sluice: {state.Step}:{detail} {state.Bytes}, {state.Rate}, {state.Remaining} left");
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
