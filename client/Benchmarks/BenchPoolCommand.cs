using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Sluice.Jobs;
using Spectre.Console;

namespace Sluice.Client;

/// <summary>`sluice bench pool`: buffers and views alone on this machine.</summary>
internal sealed class BenchPoolCommand : BenchVerb<PoolBenchJson>
{
    public BenchPoolCommand(ConsoleHost host)
        : base(
            host,
            "pool",
            "Request, share and recycle buffers, and write and read records through views, on this machine")
    {
        ResourceOptions.AddParallelismTo(this);
    }

    protected override JsonTypeInfo<PoolBenchJson> TypeOf(ConsoleJson json) => json.PoolBenchJson;

    protected override async Task<PoolBenchJson> MeasureAsync(
        VerbCall call, int rounds, CancellationToken cancellationToken)
    {
        int threads = call.Settings.Parallelism.Value;
        int segmentSize = call.Settings.EngineOptions.SegmentSize;
        IReadOnlyList<PoolRoundJson> measured = await RunRoundsAsync(rounds, async _ =>
        {
            using PoolBench bench = new(threads, segmentSize);
            return await Task.Run(() => bench.Run(cancellationToken), CancellationToken.None);
        });
        return new PoolBenchJson(
            IBenchResult.SchemaName,
            Name,
            threads,
            segmentSize,
            IBenchResult.WarmUpRounds,
            measured,
            PoolRoundJson.MedianOf(measured));
    }

    protected override void Write(IAnsiConsole console, PoolBenchJson result)
    {
        console.MarkupLine(string.Create(
            CultureInfo.InvariantCulture,
            $"[bold]pool[/] of segments of {ByteText.OfBytes(result.SegmentBytes)}, " +
                $"{result.Threads} {Plural.Of(result.Threads, "thread")}, " +
                $"after {result.WarmUp} {Plural.Of(result.WarmUp, "round")} of warm-up"));
        WriteRounds(
            console,
            ["requests/s#", "of all threads#", "references/s#", "write MB/s#", "read MB/s#", "copy MB/s#"],
            result.Rounds,
            result.Median,
            round =>
            [
                ByteText.OfCount((long)round.RequestsPerSecond),
                ByteText.OfCount((long)round.RequestsPerSecondOfAllThreads),
                ByteText.OfCount((long)round.ReferencesPerSecond),
                ByteText.OfCount((long)round.WriteMegabytesPerSecond),
                ByteText.OfCount((long)round.ReadMegabytesPerSecond),
                ByteText.OfCount((long)round.CopyMegabytesPerSecond),
            ]);
    }
}
