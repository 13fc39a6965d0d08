using System.Collections.Concurrent;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Sluice.Client;

/// <summary>Bytes, rate and time left, with a bar where there is room; drawn again several times a second.</summary>
/// <remarks>Nothing is drawn before the first report, so that what fails at once does not flicker.</remarks>
internal sealed class LiveProgress : ProgressView
{
    private const string ShowCursor = "\e[?25h";

    // Columns of a terminal from which on the bar and the tasks fit beside the numbers.
    private const int Wide = 120;

    // Lines that wait to be written above it. Whoever prints them may hold the lock of Console.Out, for which drawing
    // waits too: so nobody but the drawing itself writes where it draws.
    private static readonly ConcurrentQueue<string> s_above = new();

    private static bool s_isShown;

    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lazy<Task> _drawing;
    private volatile ProgressState _state = new("", "", 0, 0, TimeSpan.Zero);

    public LiveProgress(Terminal terminal, bool hasColor)
    {
        _drawing = new Lazy<Task>(() => StartDrawing(SpectreConsoles.Live(terminal.Error, hasColor)));
    }

    public override void Report(ProgressState state)
    {
        _state = state;
        _ = _drawing.Value;
    }

    public override async ValueTask DisposeAsync()
    {
        _end.TrySetResult();
        if (_drawing.IsValueCreated)
        {
            await _drawing.Value;
            Volatile.Write(ref s_isShown, false);
            WriteLate();
        }
    }

    /// <summary>Whether it is drawn at this moment, so that other words would be drawn over.</summary>
    public static bool IsShown => Volatile.Read(ref s_isShown);

    /// <summary>Has a line that stays written above what is drawn, soon.</summary>
    /// <returns>Whether it will be; nothing is drawn otherwise.</returns>
    public static bool WriteAbove(string line)
    {
        if (!IsShown)
        {
            return false;
        }

        s_above.Enqueue(line);
        return true;
    }

    /// <summary>Gives the terminal its cursor back when the process ends in the middle.</summary>
    public static void Abandon()
    {
        if (IsShown)
        {
            WriteLate();
            Console.Error.WriteLine(ShowCursor);
        }
    }

    // Lines that came while the last drawing ended.
    private static void WriteLate()
    {
        if (TakeWaiting() is string lines)
        {
            Console.Error.WriteLine(lines);
        }
    }

    private Task StartDrawing(IAnsiConsole console)
    {
        Volatile.Write(ref s_isShown, true);
        List<ProgressColumn> columns =
        [
            new StateColumn(() => Markup.Escape(_state.Step), 14),
            new PercentageColumn(),
            new StateColumn(() => $"[grey]{Markup.Escape(_state.Bytes)}[/]", 0),
            new StateColumn(() => Markup.Escape(_state.Rate), 0),
            new StateColumn(() => $"[grey]{Markup.Escape(_state.Remaining)} left[/]", 0),
        ];
        if (console.Profile.Width >= Wide)
        {
            columns.Insert(1, new ProgressBarColumn { Width = 24 });
            columns.Add(new StateColumn(() => $"[grey]{Markup.Escape(_state.Detail)}[/]", 0));
        }

        return console.Progress().AutoClear(true).HideCompleted(false).Columns([.. columns]).StartAsync(
            context => DrawAsync(context, console));
    }

    private async Task DrawAsync(ProgressContext context, IAnsiConsole console)
    {
        ProgressTask task = context.AddTask("job", maxValue: 1);
        while (!_end.Task.IsCompleted)
        {
            task.Value = Math.Min(_state.Fraction, 0.999);
            WriteWaiting(console);
            await Task.WhenAny(_end.Task, Task.Delay(100));
        }

        WriteWaiting(console);
    }

    private static void WriteWaiting(IAnsiConsole console)
    {
        if (TakeWaiting() is string lines)
        {
            console.WriteLine(lines);
        }
    }

    // All at once: each write draws the progress anew.
    private static string? TakeWaiting()
    {
        List<string> lines = [];
        while (s_above.TryDequeue(out string? line))
        {
            lines.Add(line);
        }

        return lines.Count > 0 ? string.Join('\n', lines) : null;
    }

    /// <summary>A column that says what the state says at this moment.</summary>
    private sealed class StateColumn(Func<string> markup, int width) : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Markup(markup());

        public override int? GetColumnWidth(RenderOptions options) => width == 0 ? null : width;
    }
}
