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

    // The console on which it is drawn at this moment.
    private static IAnsiConsole? s_shown;

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
            Volatile.Write(ref s_shown, null);
        }
    }

    /// <summary>Whether it is drawn at this moment, so that other words would be drawn over.</summary>
    public static bool IsShown => Volatile.Read(ref s_shown) is not null;

    /// <summary>Writes a line that stays, above what is drawn.</summary>
    /// <returns>Whether it did; nothing is drawn otherwise.</returns>
    public static bool WriteAbove(string line)
    {
        IAnsiConsole? console = Volatile.Read(ref s_shown);
        console?.WriteLine(line);
        return console is not null;
    }

    /// <summary>Gives the terminal its cursor back when the process ends in the middle.</summary>
    public static void Abandon()
    {
        if (IsShown)
        {
            Console.Error.WriteLine(ShowCursor);
        }
    }

    private Task StartDrawing(IAnsiConsole console)
    {
        Volatile.Write(ref s_shown, console);
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

        return console.Progress().AutoClear(true).HideCompleted(false).Columns([.. columns]).StartAsync(DrawAsync);
    }

    private async Task DrawAsync(ProgressContext context)
    {
        ProgressTask task = context.AddTask("job", maxValue: 1);
        while (!_end.Task.IsCompleted)
        {
            task.Value = Math.Min(_state.Fraction, 0.999);
            await Task.WhenAny(_end.Task, Task.Delay(100));
        }
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
