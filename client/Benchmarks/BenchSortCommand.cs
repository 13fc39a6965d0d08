using System.CommandLine;
using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Sluice.Engine;
using Sluice.Jobs;
using Spectre.Console;

namespace Sluice.Client;

/// <summary>`sluice bench sort`: map tasks alone on this machine, from a record to one sorted file.</summary>
internal sealed class BenchSortCommand : BenchVerb<SortBenchJson>
{
    private const long DefaultRecords = 5_000_000;

    private readonly Option<string?> _records = new("--records")
    {
        Description = "Records of 100 bytes, of all tasks together [default: 5000000]",
        HelpName = "N",
    };

    public BenchSortCommand(ConsoleHost host)
        : base(
            host,
            "sort",
            "Collect, sort, spill and merge records in map tasks on this machine, without a job around them")
    {
        Add(_records);
        ResourceOptions.AddLocalTo(this);
    }

    protected override JsonTypeInfo<SortBenchJson> TypeOf(ConsoleJson json) => json.SortBenchJson;

    protected override async Task<SortBenchJson> MeasureAsync(
        VerbCall call, int rounds, CancellationToken cancellationToken)
    {
        long records = CountOf(call, _records, DefaultRecords, long.MaxValue / SortBench.RecordLength);
        EngineOptions options = call.Settings.EngineOptions;
        options.Check();
        SortBench bench = new(options, records);
        await using ProgressView view = ProgressView.Open(call.Terminal, call.Style);
        ByteProgressAdapter progress = new(
            "bench sort", (IBenchResult.WarmUpRounds + rounds) * records * SortBench.RecordLength, view);
        IReadOnlyList<SortRoundJson> measured = await RunRoundsAsync(rounds, async round =>
        {
            SortRoundJson found = await bench.RunAsync(cancellationToken);
            progress.Report((round + 1) * records * SortBench.RecordLength);
            return found;
        });
        return new SortBenchJson(
            IBenchResult.SchemaName,
            Name,
            options.Parallelism,
            options.MemoryBytes,
            records,
            records * SortBench.RecordLength,
            IBenchResult.WarmUpRounds,
            measured,
            SortRoundJson.MedianOf(measured));
    }

    protected override void Write(IAnsiConsole console, SortBenchJson result)
    {
        console.MarkupLine(string.Create(
            CultureInfo.InvariantCulture,
            $"[bold]sort[/] of {ByteText.OfCount(result.Records)} records of {SortBench.RecordLength} bytes into " +
                $"{SortBench.Partitions} partitions, {result.Tasks} {Plural.Of(result.Tasks, "task")}, " +
                $"{ByteText.OfBytes(result.MemoryBytes)}, " +
                $"after {result.WarmUp} {Plural.Of(result.WarmUp, "round")} of warm-up"));
        WriteRounds(
            console,
            ["time#", "records/s#", "collect#", "blocked#", "sort#", "spill#", "merge#", "spills#", "spilled#"],
            result.Rounds,
            result.Median,
            round =>
            [
                ByteText.OfSeconds(round.Seconds),
                ByteText.OfCount((long)round.RecordsPerSecond),
                ByteText.OfSeconds(round.CollectSeconds),
                ByteText.OfSeconds(round.BlockedSeconds),
                ByteText.OfSeconds(round.SortSeconds),
                ByteText.OfSeconds(round.SpillSeconds),
                ByteText.OfSeconds(round.MergeSeconds),
                ByteText.OfCount(round.Spills),
                ByteText.OfBytes(round.SpilledBytes),
            ]);
    }
}
