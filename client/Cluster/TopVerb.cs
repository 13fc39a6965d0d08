using Spectre.Console;

namespace Sluice.Client;

/// <summary>
/// `sluice cluster top`: silos and running jobs, drawn again every second on a terminal, once elsewhere.
/// </summary>
internal sealed class TopVerb : Verb
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public TopVerb(ConsoleHost host)
        : base(host, "top", "Show silos, pools, rates and running jobs, live on a terminal")
    {
        ClusterFlags.AddTo(this);
    }

    protected override async Task<int> RunAsync(VerbCall call, CancellationToken cancellationToken)
    {
        await using ClusterConnection cluster = await ClusterConnection.OpenAsync(call, cancellationToken);
        TopSample before = await TopSample.TakeAsync(cluster.Client, cancellationToken);
        if (IsLive(call))
        {
            return await DrawAsync(call, cluster, before, cancellationToken);
        }

        // Rates need two moments.
        await Task.Delay(Interval, cancellationToken);
        TopJson top = (await TopSample.TakeAsync(cluster.Client, cancellationToken)).Since(before);
        call.Printer.Print(top, json => json.TopJson, console => TopSample.Write(console, top));
        return 0;
    }

    private static bool IsLive(VerbCall call) => call.Terminal.IsOutTerminal
        && call.Style is { Format: OutputFormat.Table, HasProgress: true }
        && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    // Until Ctrl-C, which is how one leaves it: no failure.
    private static async Task<int> DrawAsync(
        VerbCall call, ClusterConnection cluster, TopSample before, CancellationToken cancellationToken)
    {
        IAnsiConsole console = SpectreConsoles.Live(call.Terminal.Out, call.Style.HasColor);
        try
        {
            await console.Live(new Text("")).AutoClear(false).StartAsync(async live =>
            {
                while (true)
                {
                    await Task.Delay(Interval, cancellationToken);
                    TopSample now = await TopSample.TakeAsync(cluster.Client, cancellationToken);
                    live.UpdateTarget(Render(call, now.Since(before)));
                    before = now;
                }
            });
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }

        return 0;
    }

    // The tables as they are printed, as one thing to draw.
    private static Text Render(VerbCall call, TopJson top)
    {
        using StringWriter text = new();
        TopSample.Write(SpectreConsoles.Static(text, false, call.Terminal.Width), top);
        return new Text(text.ToString());
    }
}
