using System.Globalization;
using Sluice.Jobs;
using Spectre.Console;

namespace Sluice.Client;

/// <summary>Prints what a finished job tells.</summary>
internal static class ReportPrinter
{
    public static void Print(JobReport report, OutputStyle style, Terminal terminal, TextWriter writer)
    {
        if (style.Format != OutputFormat.Table)
        {
            writer.WriteLine(report.ToJson(indented: style.Format == OutputFormat.Json));
            return;
        }

        IAnsiConsole console = Tables.On(writer, terminal, style);
        Table stages = Tables.New("stage", "tasks", "attempts", "time", "records in", "records out", "spills", "spilled", "passes", "skew");
        foreach (StageReport stage in report.Stages)
        {
            stages.AddRow(
                stage.Name,
                ByteText.OfCount(stage.Tasks),
                ByteText.OfCount(stage.Attempts),
                ByteText.OfSeconds(stage.Seconds),
                ByteText.OfCount(stage.RecordsIn),
                ByteText.OfCount(stage.RecordsOut),
                ByteText.OfCount(stage.Spills),
                ByteText.OfBytes(stage.SpilledBytes),
                ByteText.OfCount(stage.MergePasses),
                stage.Skew.ToString("0.00", CultureInfo.InvariantCulture));
        }

        console.Write(stages);
        writer.WriteLine(
            $"{report.Name}: {ByteText.OfCount(report.Records.In)} records ({ByteText.OfBytes(report.Bytes.In)}) in " +
            $"{ByteText.OfSeconds(report.Seconds)}, {ByteText.OfRate(report.Bytes.In, report.Seconds)}; " +
            $"spilled {ByteText.OfBytes(report.Bytes.Spilled)}, peak memory {ByteText.OfBytes(report.PeakMemoryBytes)}");
        writer.WriteLine(
            $"certificate: {ByteText.OfCount(report.Certificate.Records)} records out, checksum {report.Certificate.Checksum}");
        string output = report.Output == JobOptions.Stream ? "standard output" : report.Output;
        writer.WriteLine($"output: {output} ({ByteText.OfCount(report.Parts)} {(report.Parts == 1 ? "part" : "parts")})");
    }
}

/// <summary>Tables in the console's manner.</summary>
internal static class Tables
{
    /// <summary>The first column is text, the others are numbers.</summary>
    public static Table New(params string[] columns)
    {
        Table table = new() { Border = TableBorder.Simple };
        foreach (string column in columns)
        {
            table.AddColumn(new TableColumn(column) { Alignment = table.Columns.Count == 0 ? Justify.Left : Justify.Right });
        }

        return table;
    }

    public static IAnsiConsole On(TextWriter writer, Terminal terminal, OutputStyle style)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = style.HasColor && terminal.IsOutTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = style.HasColor && terminal.IsOutTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = Math.Max(terminal.Width, 120);
        return console;
    }
}
