using System.Globalization;
using System.Text.Json;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>Why a job took as long as it did: `sluice.why/1`.</summary>
internal static class WhyView
{
    /// <summary>Prints the bottleneck of a job that is over.</summary>
    public static void Print(VerbCall call, JobReport report)
    {
        Bottleneck bottleneck = report.Bottleneck ?? BottleneckFinder.Find(report.Stages);
        WhyJson json = new("sluice.why/1", report.Id, report.Name, report.Status, report.Seconds, bottleneck);
        call.Printer.Print(json, context => context.WhyJson, console =>
        {
            Tables.Facts(
                console,
                ("job", $"{report.Name} {report.Status} in {ByteText.OfSeconds(report.Seconds)}"),
                ("bottleneck", bottleneck.Sentence));
            Tables.Facts(console, bottleneck.Evidence.Select(one => (
                "", $"{one.Key} {one.Value.ToString("0.###", CultureInfo.InvariantCulture)}")));
            JobReportView.WriteStages(console, report.Stages);
        });
    }

    /// <summary>Prints what holds up a job that runs, as its tasks that have ended say.</summary>
    public static void Print(VerbCall call, string id, string name, string status, double seconds, Bottleneck soFar)
    {
        WhyJson json = new("sluice.why/1", id, name, status, seconds, soFar);
        call.Printer.Print(json, context => context.WhyJson, console => Tables.Facts(
            console,
            ("job", $"{name} is {status} for {ByteText.OfSeconds(seconds)}"),
            ("so far", soFar.Sentence)));
    }

    /// <summary>Reads a report that was printed as JSON, alone or in what a cluster exported.</summary>
    /// <exception cref="SluiceException">The file is none.</exception>
    public static JobReport Read(string path)
    {
        try
        {
            string text = File.ReadAllText(path);
            using JsonDocument json = JsonDocument.Parse(text);
            return JobReport.FromJson(
                json.RootElement is { ValueKind: JsonValueKind.Object } root
                    && root.TryGetProperty("report", out JsonElement report)
                    && report.ValueKind == JsonValueKind.Object
                    ? report.GetRawText()
                    : text);
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new SluiceException(
                ConsoleErrors.BadValue(path, "a report", "--why", "the output of sluice sort ... -o json"), exception);
        }
    }
}
