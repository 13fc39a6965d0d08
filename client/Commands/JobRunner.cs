using Sluice.Engine;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Client;

/// <summary>Runs a job that a verb asked for, with its streams, progress and report.</summary>
internal sealed class JobRunner
{
    private readonly VerbContext _context;

    public JobRunner(VerbContext context)
    {
        _context = context;
    }

    /// <summary>Runs the job and prints its report; records go to standard output when the call says so.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(JobCall call)
    {
        bool toStream = call.Output == JobOptions.Stream;
        Terminal terminal = _context.Terminal;
        JobReport report;
        if (!toStream && !call.Inputs.Contains(JobOptions.Stream))
        {
            report = await ExecuteAsync(call, call.Inputs, Path.GetFullPath(call.Output));
        }
        else
        {
            using SpillDirectories spill = OpenSpill(call.Settings);
            IReadOnlyList<string> inputs = await InputSpool.ReplaceStreamAsync(call.Inputs, terminal, spill, _context.Signals.Token);
            if (!toStream)
            {
                report = await ExecuteAsync(call, inputs, Path.GetFullPath(call.Output));
            }
            else
            {
                string directory = Path.Combine(spill.All[0].Path, "output");
                try
                {
                    report = await ExecuteAsync(call, inputs, directory) with { Output = JobOptions.Stream };
                    await CopyPartsAsync(directory, terminal.Data);
                }
                finally
                {
                    if (Directory.Exists(directory))
                    {
                        Directory.Delete(directory, recursive: true);
                    }
                }
            }
        }

        foreach (string warning in report.Warnings)
        {
            terminal.Error.WriteLine($"warning: {warning}");
        }

        if (!call.Settings.Quiet.Value || (!toStream && call.Settings.OutputFormat.Value != OutputFormat.Table))
        {
            ReportPrinter.Print(report, call.Settings.Style, terminal, toStream ? terminal.Error : terminal.Out);
        }

        return 0;
    }

    /// <summary>Runs the job, with progress on standard error, and returns its report.</summary>
    public async Task<JobReport> ExecuteAsync(JobCall call, IReadOnlyList<string> inputs, string output)
    {
        using InProcessEngine engine = new(call.Settings.EngineOptions);
        JobRequest request = RequestOf(call, inputs, output);
        return await ProgressView.ShowAsync(
            _context.Terminal,
            call.Settings.Style,
            progress => engine.RunAsync(request, progress, _context.Signals.Token));
    }

    /// <summary>What the engine is asked to run or to explain.</summary>
    public static JobRequest RequestOf(JobCall call, IReadOnlyList<string> inputs, string output) => new()
    {
        Job = call.Job,
        Arguments = call.Arguments.Add("input", inputs.Select(Path.GetFullPath)).Add("out", output),
        Name = call.Name,
        Partitions = call.Settings.PartitionCount,
        Overwrite = call.Overwrite,
    };

    private static SpillDirectories OpenSpill(Settings settings)
    {
        try
        {
            return SpillDirectories.Open(settings.EngineOptions.SpillDirectories);
        }
        catch (SpillDirectoryException exception)
        {
            throw new SluiceException(SluiceErrors.SpillDirectoryUnusable(exception.Where, exception.What), exception);
        }
    }

    private async Task CopyPartsAsync(string directory, Stream target)
    {
        foreach (string part in SortVerifier.PartsOf(directory))
        {
            await using FileStream source = File.OpenRead(part);
            await source.CopyToAsync(target, 1 << 20, _context.Signals.Token);
        }
    }
}
