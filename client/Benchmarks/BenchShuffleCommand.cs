using System.CommandLine;
using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Sluice.Jobs;
using Spectre.Console;

namespace Sluice.Client;

/// <summary>
/// `sluice bench shuffle`: sorts generated records with the certificate on, and measures the exchange of a cluster.
/// </summary>
internal sealed class BenchShuffleCommand : BenchVerb<ShuffleBenchJson>
{
    private const long DefaultRecords = 2_000_000;
    private const int Channels = 8;
    private static readonly TimeSpan ExchangeTime = TimeSpan.FromSeconds(5);

    private readonly Option<string?> _records = new("--records")
    {
        Description = "Records of 100 bytes [default: 2000000]",
        HelpName = "N",
    };

    private readonly Option<string?> _cores = new("--cores")
    {
        Description = "What rates of a core are divided by [default: tasks at once]",
        HelpName = "N",
    };

    public BenchShuffleCommand(ConsoleHost host)
        : base(
            host,
            "shuffle",
            "Sort generated records a few times, and measure the exchange between two silos of a cluster")
    {
        Add(_records);
        Add(_cores);
        ResourceOptions.AddTo(this);
    }

    protected override JsonTypeInfo<ShuffleBenchJson> TypeOf(ConsoleJson json) => json.ShuffleBenchJson;

    protected override async Task<ShuffleBenchJson> MeasureAsync(
        VerbCall call, int rounds, CancellationToken cancellationToken)
    {
        long records = CountOf(call, _records, DefaultRecords, long.MaxValue / GensortGenerator.RecordLength);
        IClusterSupport? clusters = call.RequireClusters();
        int slots = clusters is null
            ? call.Settings.Parallelism.Value
            : await clusters.CountSlotsAsync(call, cancellationToken);
        int cores = (int)CountOf(call, _cores, Math.Max(slots, 1), int.MaxValue);

        using ScratchDirectory scratch = ScratchDirectory.Open(call.Settings.EngineOptions.SpillDirectories);
        string directory = scratch.NewDirectory("bench");
        Directory.CreateDirectory(directory);
        ShuffleBench bench = new(call, directory, records, cores);
        GeneratedData generated = await bench.GenerateAsync(cancellationToken);
        IReadOnlyList<ShuffleRoundJson> measured = await RunRoundsAsync(
            rounds, round => bench.RunAsync(generated, verify: round == 0, cancellationToken));
        BenchExchangeJson? exchange = clusters is null
            ? null
            : await clusters.MeasureExchangeAsync(call, Channels, ExchangeTime, cancellationToken);
        return new ShuffleBenchJson(
            IBenchResult.SchemaName,
            Name,
            call.Settings.Cluster.Value ?? ShuffleBenchJson.Local,
            cores,
            records,
            records * GensortGenerator.RecordLength,
            IBenchResult.WarmUpRounds,
            measured,
            ShuffleRoundJson.MedianOf(measured),
            exchange);
    }

    protected override void Write(IAnsiConsole console, ShuffleBenchJson result)
    {
        console.MarkupLine(
            $"[bold]shuffle[/] of {ByteText.OfCount(result.Records)} records of " +
            $"{GensortGenerator.RecordLength} bytes, " +
            $"{Markup.Escape(result.Where)}, {result.Cores} {Plural.Of(result.Cores, "core")}, " +
            $"after {result.WarmUp} {Plural.Of(result.WarmUp, "round")} of warm-up");
        WriteRounds(
            console,
            ["time#", "rows/s#", "MB/s of a core#", "reduce MB/s#", "spilled#"],
            result.Rounds,
            result.Median,
            round =>
            [
                ByteText.OfSeconds(round.Seconds),
                ByteText.OfCount((long)round.RowsPerSecond),
                round.MegabytesPerSecondPerCore.ToString("0.0", CultureInfo.InvariantCulture),
                round.ReduceMegabytesPerSecond.ToString("0.0", CultureInfo.InvariantCulture),
                ByteText.OfBytes(round.SpilledBytes),
            ]);
        if (result.Exchange is BenchExchangeJson exchange)
        {
            console.MarkupLine(string.Create(
                CultureInfo.InvariantCulture,
                $"[bold]exchange[/] {Markup.Escape(exchange.From)} to {Markup.Escape(exchange.To)}: " +
                    $"{exchange.MegabytesPerSecond:0} MB/s over {exchange.Channels} channels, " +
                    $"{exchange.ShareOfOrleans:0.00} of plain Orleans calls " +
                    $"({exchange.OrleansMegabytesPerSecond:0} MB/s); " +
                    $"a grain there answered {exchange.Pings} pings, p50 {exchange.PingP50Milliseconds} ms, " +
                    $"p99 {exchange.PingP99Milliseconds} ms, at most {exchange.PingMostMilliseconds} ms"));
        }
        else if (result.Where != ShuffleBenchJson.Local)
        {
            console.MarkupLine("[bold]exchange[/] not measured: fewer than two silos have slots");
        }
    }
}
