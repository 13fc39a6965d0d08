using System.CommandLine;
using Sluice.Grains;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>`sluice run JOB --arg name=value`: a job class that is deployed with the silos.</summary>
internal sealed class RunCommand : Verb
{
    private readonly Argument<string> _job = new("JOB")
    {
        Description = "The name under which the silos know the job's class",
    };

    private readonly Option<string[]> _args = new("--arg")
    {
        Description = "An argument of the job; may be given several times, also with the same name",
        HelpName = "NAME=VALUE",
    };

    private readonly Option<string?> _name = new("--name")
    {
        Description = "What the job is called in reports",
        HelpName = "TEXT",
    };

    private readonly Option<bool> _overwrite = new("--overwrite")
    {
        Description = "Replace an existing output once the new one is complete",
    };

    private readonly Option<bool> _detach = new("--detach") { Description = "Leave the job running in the cluster" };

    public RunCommand(ConsoleHost host)
        : base(host, "run", "Run a job class that is deployed with the silos of a cluster")
    {
        Add(_job);
        Add(_args);
        Add(_name);
        Add(_overwrite);
        Add(_detach);
        Add(new Option<string>($"--{SettingNames.Partitions}")
        {
            Description = "Partitions of each shuffle",
            HelpName = "N",
        });
        Add(new Option<string>($"--{SettingNames.Memory}")
        {
            Description = "The job's share of each silo's pool",
            HelpName = "SIZE",
        });
        Add(new Option<string>($"--{SettingNames.Compress}")
        {
            Description = "How spilled blocks are stored: none or brotli",
            HelpName = "CODEC",
        });
        Add(new Option<string>($"--{SettingNames.TraceBuffers}")
        {
            Description = "Buffers whose lives are watched",
            HelpName = "1/N|all|off",
        });
        ClusterFlags.AddTo(this);
    }

    public override IReadOnlyList<string> Examples =>
        ["sluice run wordcount --arg input=/data/text --arg out=/data/counts --cluster 127.0.0.1:30000"];

    protected override async Task<int> RunAsync(VerbCall call, CancellationToken cancellationToken)
    {
        string job = call.Parse.GetValue(_job)!;
        JobArguments arguments = new();
        foreach (string pair in call.Parse.GetValue(_args) ?? [])
        {
            int equal = pair.IndexOf('=', StringComparison.Ordinal);
            if (equal <= 0)
            {
                throw new SluiceException(ConsoleErrors.BadValue(pair, "NAME=VALUE", _args.Name, "input=/data/text"));
            }

            arguments.Add(pair[..equal], pair[(equal + 1)..]);
        }

        await using ClusterConnection cluster = await ClusterConnection.OpenAsync(call, cancellationToken);
        ClusterJob order = ClusterRunner.JobOf(
            call, job, arguments, call.Parse.GetValue(_name) ?? job, call.Parse.GetValue(_overwrite));
        if (call.Parse.GetValue(_detach))
        {
            await call.Host.Telemetry.TraceAsync(
                order.Name, () => cluster.Client.SubmitAsync(order, cancellationToken));
            JobViews.PrintOne(call, await cluster.Client.GetAsync(order.Id, cancellationToken));
            return 0;
        }

        JobReport report;
        await using (ProgressView view = ProgressView.Open(call.Terminal, call.Style))
        {
            JobProgressAdapter progress = new(order.Name, view);
            report = await call.Host.Telemetry.TraceAsync(order.Name, () => ClusterRunner.RunAsync(
                call, cluster, order, false, progress, cancellationToken));
        }

        JobReportView.Print(call.Printer, report);
        return 0;
    }
}
