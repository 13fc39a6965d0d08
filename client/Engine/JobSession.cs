using Sluice.Jobs;
using Sluice.Observability;

namespace Sluice.Client;

/// <summary>
/// Runs one job for a verb: spools what comes from stdin, shows progress, prints the report, streams what goes to
/// stdout.
/// </summary>
internal static class JobSession
{
    private const int CopyBytes = 1 << 20;

    /// <returns>The exit code.</returns>
    /// <exception cref="SluiceException">The job failed; nothing is left behind.</exception>
    public static async Task<int> RunAsync(VerbCall call, JobOrder order, CancellationToken cancellationToken)
    {
        if (order is { Detach: true, InCluster: true })
        {
            Engine.JobRequest request = RequestOf(call, order, order.Inputs, order.Output);
            return await call.Host.Telemetry.TraceAsync(order.Name, async () =>
            {
                await call.Host.Clusters!.SubmitAsync(call, order, request, cancellationToken);
                return 0;
            });
        }

        if (order is { ReadsStream: false, WritesStream: false })
        {
            JobReportView.Print(
                call.Printer, await RunAsync(call, order, order.Inputs, order.Output, cancellationToken));
            return 0;
        }

        using ScratchDirectory scratch = ScratchDirectory.Open(call.Settings.EngineOptions.SpillDirectories);
        IReadOnlyList<string> inputs = order.ReadsStream
            ? [await scratch.SpoolAsync(call.Terminal.Input(), cancellationToken)]
            : order.Inputs;
        string? output = order.WritesStream ? scratch.NewDirectory("output") : order.Output;
        JobReport report = await RunAsync(call, order, inputs, output, cancellationToken);
        if (!order.WritesStream)
        {
            JobReportView.Print(call.Printer, report);
            return 0;
        }

        CopyParts(output!, call.Terminal.Data, cancellationToken);
        if (!call.Style.IsQuiet)
        {
            JobReportView.Print(call.AsidePrinter, report with { Output = JobOrder.Stream });
        }

        return 0;
    }

    /// <summary>What the engine is asked to do.</summary>
    public static Engine.JobRequest RequestOf(
        VerbCall call, JobOrder order, IReadOnlyList<string> inputs, string? output) => new()
    {
        Job = order.Job,
        Arguments = ArgumentsOf(order, inputs, output),
        Name = order.Name,
        Partitions = call.Settings.PartitionCount,
        Overwrite = order.Overwrite,
    };

    /// <summary>Runs a job where it was ordered.</summary>
    public static IJobRunner RunnerOf(VerbCall call, JobOrder order) => order.InCluster
        ? call.Host.Clusters!.RunnerOf(call, order.DetachOnInterrupt)
        : call.Host.Runner;

    /// <summary>Runs jobs that nobody ordered by name, here or in the cluster that the settings name.</summary>
    public static IJobRunner RunnerOf(VerbCall call) => call.Settings.Cluster.Value is null
        ? call.Host.Runner
        : call.Host.Clusters!.RunnerOf(call, detachOnInterrupt: false);

    private static async Task<JobReport> RunAsync(
        VerbCall call,
        JobOrder order,
        IReadOnlyList<string> inputs,
        string? output,
        CancellationToken cancellationToken)
    {
        if (!order.InCluster && call.Settings.TraceBuffersAsked > 0 && !Telemetry.Source.HasListeners())
        {
            call.Hint(
                "nobody sees the lives of buffers: set OTEL_EXPORTER_OTLP_ENDPOINT, " +
                    "or run on a cluster and ask sluice trace");
        }

        JobReport report;
        await using (ProgressView view = ProgressView.Open(call.Terminal, call.Style))
        {
            JobProgressAdapter progress = new(order.Name, view);
            report = await call.Host.Telemetry.TraceAsync(
                order.Name,
                () => RunnerOf(call, order).RunAsync(
                    call.Settings.EngineOptions, RequestOf(call, order, inputs, output), progress, cancellationToken));
        }

        foreach (string warning in report.Warnings)
        {
            call.Hint(warning);
        }

        return report;
    }

    private static JobArguments ArgumentsOf(JobOrder order, IReadOnlyList<string> inputs, string? output)
    {
        JobArguments arguments = order.Arguments;
        if (inputs.Count > 0)
        {
            arguments.Add("input", inputs);
        }

        return output is null ? arguments : arguments.Add("out", output);
    }

    // Each part is removed once it is written, so that the room it takes is free for whatever reads the pipe.
    private static void CopyParts(string directory, Stream data, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[CopyBytes];
        foreach (string part in SortVerifier.PartsOf(directory))
        {
            using (FileStream file = new(part, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0))
            {
                for (int read = file.Read(buffer); read > 0; read = file.Read(buffer))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    data.Write(buffer.AsSpan(0, read));
                }
            }

            File.Delete(part);
        }

        data.Flush();
    }
}
