using System.Globalization;
using Sluice.Jobs;
using Spectre.Console;

namespace Sluice.Client;

/// <summary>Prints a finished job: `sluice.job/1`.</summary>
internal static class JobReportView
{
    private static readonly string[] Headings =
    [
        "stage", "tasks#", "tries#", "time#", "records in#", "out#", "combined#", "spilled#", "merges#", "skew#",
        "busy/pressed/idle#",
    ];

    public static void Print(DataPrinter printer, JobReport report) =>
        printer.Print(report, json => json.JobReport, console => Write(console, report));

    /// <summary>For people: what came out, what was proven, and how the stages did.</summary>
    public static void Write(IAnsiConsole console, JobReport report)
    {
        string rate = ByteText.OfRate(report.Bytes.In, report.Seconds);
        console.MarkupLine(
            $"[bold]{Markup.Escape(report.Name)}[/] {report.Status} in {ByteText.OfSeconds(report.Seconds)}, {rate}");
        Tables.Facts(
            console,
            ("in", $"{Records(report.Records.In)}, {ByteText.OfBytes(report.Bytes.In)}"),
            ("out",
                $"{Records(report.Records.Out)}, {ByteText.OfBytes(report.Bytes.Out)}, {Parts(report)}"),
            ("moved",
                $"{ByteText.OfBytes(report.Bytes.Shuffled)} shuffled, " +
                    $"{ByteText.OfBytes(report.Bytes.Spilled)} spilled, " +
                    $"{ByteText.OfBytes(report.PeakMemoryBytes)} peak memory"),
            ("certificate",
                $"{Records(report.Certificate.Records)}, checksum {report.Certificate.Checksum}"),
            ("trace", report.TraceId));
        WriteStages(console, report.Stages);
        if (report.Bottleneck is Bottleneck bottleneck)
        {
            Tables.Facts(console, ("bottleneck", bottleneck.Sentence));
        }
    }

    /// <summary>One row a stage.</summary>
    public static void WriteStages(IAnsiConsole console, IReadOnlyList<StageReport> stages) =>
        Tables.Rows(console, Headings, stages.Select(stage => (IReadOnlyList<string>)
        [
            stage.Name,
            Number(stage.Tasks),
            Number(stage.Attempts),
            ByteText.OfSeconds(stage.Seconds),
            ByteText.OfCount(stage.RecordsIn),
            ByteText.OfCount(stage.RecordsOut),
            Combined(stage),
            ByteText.OfBytes(stage.SpilledBytes),
            Merges(stage),
            stage.Skew.ToString("0.00", CultureInfo.InvariantCulture),
            string.Create(
                CultureInfo.InvariantCulture,
                $"{stage.Shares.Busy:F0}/{stage.Shares.BackPressured:F0}/{stage.Shares.Idle:F0} %"),
        ]));

    private static string Records(long count) => $"{ByteText.OfCount(count)} {Plural.Of(count, "record")}";

    private static string Parts(JobReport report) => report.Output == JobOrder.Stream
        ? "to standard output"
        : $"{report.Parts} {Plural.Of(report.Parts, "part")} in {report.Output}";

    private static string Merges(StageReport stage) => stage.RewrittenBytes == 0
        ? Number(stage.MergePasses)
        : $"{Number(stage.MergePasses)}, {ByteText.OfBytes(stage.RewrittenBytes)}";

    private static string Combined(StageReport stage) => stage.Combined.In == 0
        ? ""
        : $"{ByteText.OfCount(stage.Combined.In)} to {ByteText.OfCount(stage.Combined.Out)}";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
