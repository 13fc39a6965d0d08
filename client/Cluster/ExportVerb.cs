using System.CommandLine;
using System.Text;
using System.Text.Json;
using Sluice.Grains;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>
/// `sluice jobs export JOB`: how it stands, its report, its plan and its journal as one JSON document.
/// </summary>
internal sealed class ExportVerb : Verb
{
    private readonly Argument<string> _job = JobViews.NewArgument();

    private readonly Option<string?> _out = new("--out")
    {
        Description = "Write to this file; else, and for -, to standard output",
        HelpName = "FILE",
    };

    private readonly Option<bool> _overwrite = new("--overwrite") { Description = "Replace an existing file" };

    public ExportVerb(ConsoleHost host)
        : base(host, "export", "Print all that is known of a job as JSON: report, plan and journal")
    {
        Add(_job);
        Add(_out);
        Add(_overwrite);
        ClusterFlags.AddTo(this);
    }

    public override IReadOnlyList<string> Examples =>
        ["sluice jobs export 0198f2c04d7e7f0b9a4c1d2e3f405162 --out job.json --cluster 127.0.0.1:30000"];

    protected override async Task<int> RunAsync(VerbCall call, CancellationToken cancellationToken)
    {
        string text = call.Parse.GetValue(_job)!;
        JobExport export;
        await using (ClusterConnection cluster = await ClusterConnection.OpenAsync(call, cancellationToken))
        {
            export = await cluster.Client.ExportAsync(JobViews.IdOf(text), cancellationToken);
        }

        JobViews.Known(export.View, text);
        string json = JsonSerializer.Serialize(JsonOf(export), new ConsoleJson(DataPrinter.Indented).ExportJson);
        if (call.Parse.GetValue(_out) is not string path || path == JobOrder.Stream)
        {
            call.Terminal.Out.WriteLine(json);
            return 0;
        }

        try
        {
            WholeFile.Write(UsageCheck.RequirePath(path, _out.Name), call.Parse.GetValue(_overwrite), file =>
            {
                file.Write(Encoding.UTF8.GetBytes(json + "\n"));
                return json.Length;
            });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SluiceException(ConsoleErrors.FileUnwritable(path, exception), exception);
        }

        return 0;
    }

    private static ExportJson JsonOf(JobExport export) => new(
        "sluice.export/1",
        JobViews.JsonOf(export.View),
        ElementOf(export.Order),
        ElementOf(export.View.Report),
        ElementOf(export.Plan),
        [
            .. (export.Journal ?? "")
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => ElementOf(line)!.Value),
        ]);

    private static JsonElement? ElementOf(string? json) => json is null ? null : JsonElement.Parse(json);
}
