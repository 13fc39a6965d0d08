using System.Diagnostics;
using System.Globalization;
using Sluice.Engine;
using Sluice.Jobs;
using Spectre.Console;

namespace Sluice.Client;

/// <summary>
/// `sluice demo`: generates input, sorts and counts it, reads the results again, and shows what was proven.
/// </summary>
internal sealed class DemoCommand : Verb
{
    public const string VerbName = "demo";

    private const long SortRecords = 1_000_000;
    private const long WordLines = 200_000;

    // A third of the input, so that what follows has to spill as a large job would.
    private const long MemoryBytes = 32L << 20;

    public DemoCommand(ConsoleHost host)
        : base(host, VerbName, "Generate input, sort and count it, and prove the result; takes a few seconds")
    {
        ResourceOptions.AddTo(this);
    }

    protected override async Task<int> RunAsync(VerbCall call, CancellationToken cancellationToken)
    {
        call.RequireClusters();
        long start = Stopwatch.GetTimestamp();
        EngineOptions options = call.Settings.EngineOptions;
        if (call.Settings.Memory.Origin == "default")
        {
            options = options with
            {
                MemoryBytes = Math.Min(
                    options.MemoryBytes, Math.Max(MemoryBytes, EngineOptions.LeastMemory(options.Parallelism))),
            };
        }

        using ScratchDirectory scratch = ScratchDirectory.Open(options.SpillDirectories);
        string directory = scratch.NewDirectory("demo");
        Directory.CreateDirectory(directory);
        DemoRun run = new(call, options, directory);
        SortProof sort = await run.SortAsync(SortRecords, cancellationToken);
        CountProof count = await run.CountAsync(WordLines, cancellationToken);

        DemoJson demo = new(
            "sluice.demo/1",
            Stopwatch.GetElapsedTime(start).TotalSeconds,
            sort.Report,
            sort.Verification,
            sort.Generated.Checksum.ToString("x", CultureInfo.InvariantCulture),
            count.Report,
            count.Words);
        string where = call.Settings.Cluster.Value is string cluster
            ? $"on the cluster of {cluster}"
            : $"on this machine: {options.Parallelism} tasks at once, " +
                $"{ByteText.OfBytes(options.MemoryBytes)} of memory";
        call.Printer.Print(demo, json => json.DemoJson, console => Write(console, where, sort, count, demo.Seconds));
        return 0;
    }

    private static void Write(IAnsiConsole console, string where, SortProof sort, CountProof count, double seconds)
    {
        console.MarkupLine($"[bold]Sluice[/] sorted and counted generated data {Markup.Escape(where)}.");
        console.WriteLine();
        Step(
            console,
            "generated",
            $"{ByteText.OfCount(sort.Generated.Records)} records, {ByteText.OfBytes(sort.Generated.Bytes)}");
        Step(
            console,
            "sorted",
            $"in {ByteText.OfSeconds(sort.Report.Seconds)}, " +
                $"{ByteText.OfRate(sort.Report.Bytes.In, sort.Report.Seconds)}, " +
                $"{ByteText.OfBytes(sort.Report.Bytes.Spilled)} spilled to disk");
        Step(
            console,
            "read again",
            $"{sort.Report.Parts} {Plural.Of(sort.Report.Parts, "part")} in order, " +
                $"checksum {sort.Verification.Checksum} is the generator's");
        Step(
            console,
            "generated",
            $"{ByteText.OfCount(count.Generated.Records)} lines of words, {ByteText.OfBytes(count.Generated.Bytes)}");
        Step(
            console,
            "counted",
            $"in {ByteText.OfSeconds(count.Report.Seconds)}, " +
                $"{ByteText.OfRate(count.Report.Bytes.In, count.Report.Seconds)}");
        Step(
            console,
            "read again",
            $"{ByteText.OfCount(count.Words)} words, each with the count that a simple loop finds");
        console.WriteLine();
        Stages(console, "sort", sort.Report);
        Stages(console, "wordcount", count.Report);
        console.MarkupLine(
            $"Done in {ByteText.OfSeconds(seconds)}; all files are removed. " +
                "Next: [bold]sluice sort FILE --out DIR[/], or [bold]sluice --help[/]");
    }

    private static void Step(IAnsiConsole console, string what, string result) =>
        console.MarkupLine($"  [green]ok[/] {what.PadRight(11)} {Markup.Escape(result)}");

    private static void Stages(IAnsiConsole console, string name, JobReport report)
    {
        console.MarkupLine(
            $"[bold]{name}[/]: certificate over {ByteText.OfCount(report.Certificate.Records)} records, " +
                $"{report.Certificate.Checksum}");
        JobReportView.WriteStages(console, report.Stages);
        console.WriteLine();
    }
}
