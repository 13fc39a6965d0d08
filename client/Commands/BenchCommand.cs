using System.CommandLine;
using System.Globalization;
using Sluice.Jobs;
using Spectre.Console;

namespace Sluice.Client;

/// <summary>`sluice bench ...`: built-in benchmarks.</summary>
internal sealed class BenchCommand : Command
{
    public BenchCommand(ConsoleHost host)
        : base("bench", "Measure this machine or a cluster")
    {
        Add(new BenchShuffleCommand(host));
    }
}

/// <summary>`sluice bench shuffle`: sorts generated records with the certificate on, and measures the exchange of a cluster.</summary>
internal sealed class BenchShuffleCommand : Verb
{
    private const long DefaultRecords = 2_000_000;
    private const int DefaultRounds = 3;
    private const int MostRounds = 1000;
    private const int Channels = 8;
    private static readonly TimeSpan ExchangeTime = TimeSpan.FromSeconds(5);

    private readonly Option<string?> _records = new("--records") { Description = "Records of 100 bytes [default: 2000000]", HelpName = "N" };
    private readonly Option<string?> _rounds = new("--rounds") { Description = "Rounds that count, after one of warm-up [default: 3]", HelpName = "N" };
    private readonly Option<string?> _cores = new("--cores") { Description = "What rates of a core are divided by [default: tasks at once]", HelpName = "N" };
    private readonly Option<string?> _compare = new("--compare") { Description = "An earlier result, as -o json prints it", HelpName = "FILE" };
    private readonly Option<string?> _failOver = new("--fail-over") { Description = "How much slower than that ends with 7 [default: 10%]", HelpName = "SHARE" };

    public BenchShuffleCommand(ConsoleHost host)
        : base(host, "shuffle", "Sort generated records a few times, and measure the exchange between two silos of a cluster")
    {
        Add(_records);
        Add(_rounds);
        Add(_cores);
        Add(_compare);
        Add(_failOver);
        ResourceOptions.AddTo(this);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "sluice bench shuffle -o json > before.json",
        "sluice bench shuffle --compare before.json --fail-over 10%",
    ];

    protected override async Task<int> RunAsync(VerbCall call, CancellationToken cancellationToken)
    {
        long records = Count(call, _records, DefaultRecords, long.MaxValue / GensortGenerator.RecordLength);
        int rounds = (int)Count(call, _rounds, DefaultRounds, MostRounds);
        BenchComparison? comparison = BenchComparison.Read(
            call.Parse.GetValue(_compare), call.Parse.GetValue(_failOver), _failOver.Name);
        IClusterSupport? clusters = ClustersOf(call);
        int slots = clusters is null ? call.Settings.Parallelism.Value : await clusters.CountSlotsAsync(call, cancellationToken);
        int cores = (int)Count(call, _cores, Math.Max(slots, 1), int.MaxValue);

        using ScratchDirectory scratch = ScratchDirectory.Open(call.Settings.EngineOptions.SpillDirectories);
        string directory = scratch.NewDirectory("bench");
        Directory.CreateDirectory(directory);
        ShuffleBench bench = new(call, directory, records, cores);
        IReadOnlyList<BenchRoundJson> measured = await bench.RunAsync(rounds, cancellationToken);
        BenchExchangeJson? exchange = clusters is null
            ? null
            : await clusters.MeasureExchangeAsync(call, Channels, ExchangeTime, cancellationToken);

        BenchJson result = new(
            "sluice.bench/1",
            "shuffle",
            call.Settings.Cluster.Value ?? "local",
            cores,
            records,
            records * GensortGenerator.RecordLength,
            ShuffleBench.WarmUp,
            measured,
            ShuffleBench.MedianOf(measured),
            exchange);
        call.Printer.Print(result, json => json.BenchJson, console => Write(console, result));
        comparison?.Check(call, result);
        return 0;
    }

    private static long Count(VerbCall call, Option<string?> option, long byDefault, long most)
    {
        long count = call.Number(option) ?? byDefault;
        return count >= 1 && count <= most
            ? count
            : throw new SluiceException(ConsoleErrors.BadValue(
                count.ToString(CultureInfo.InvariantCulture),
                string.Create(CultureInfo.InvariantCulture, $"a number from 1 to {most}"),
                option.Name,
                "3"));
    }

    private static IClusterSupport? ClustersOf(VerbCall call) => call.Settings.Cluster is not { Value: string gateways } cluster
        ? null
        : call.Host.Clusters
            ?? throw new SluiceException(ConsoleErrors.NoCluster($"{cluster.Origin}: {gateways}", ClusterSupport.WhyNot));

    private static void Write(IAnsiConsole console, BenchJson result)
    {
        console.MarkupLine($"[bold]shuffle[/] of {ByteText.OfCount(result.Records)} records of {GensortGenerator.RecordLength} bytes, " +
            $"{Markup.Escape(result.Where)}, {result.Cores} {(result.Cores == 1 ? "core" : "cores")}, after {result.WarmUp} round of warm-up");
        IEnumerable<(string Name, BenchRoundJson Round)> rows = result.Rounds
            .Select((round, index) => ((index + 1).ToString(CultureInfo.InvariantCulture), round))
            .Append(("median", result.Median));
        Tables.Rows(console, ["round", "time#", "rows/s#", "MB/s of a core#", "reduce MB/s#", "spilled#"], rows.Select(row => (IReadOnlyList<string>)
        [
            row.Name,
            ByteText.OfSeconds(row.Round.Seconds),
            ByteText.OfCount((long)row.Round.RowsPerSecond),
            row.Round.MegabytesPerSecondPerCore.ToString("0.0", CultureInfo.InvariantCulture),
            row.Round.ReduceMegabytesPerSecond.ToString("0.0", CultureInfo.InvariantCulture),
            ByteText.OfBytes(row.Round.SpilledBytes),
        ]));
        if (result.Exchange is BenchExchangeJson exchange)
        {
            console.MarkupLine(string.Create(
                CultureInfo.InvariantCulture,
                $"[bold]exchange[/] {Markup.Escape(exchange.From)} to {Markup.Escape(exchange.To)}: {exchange.MegabytesPerSecond:0} MB/s over {exchange.Channels} channels; a grain there answered {exchange.Pings} pings, p50 {exchange.PingP50Milliseconds} ms, p99 {exchange.PingP99Milliseconds} ms, at most {exchange.PingMostMilliseconds} ms"));
        }
        else if (result.Where != "local")
        {
            console.MarkupLine("[bold]exchange[/] not measured: fewer than two silos have slots");
        }
    }
}
