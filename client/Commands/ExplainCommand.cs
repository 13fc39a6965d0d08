using System.CommandLine;
using System.Globalization;
using Sluice.Engine;
using Sluice.Jobs;
using Spectre.Console;

namespace Sluice.Client;

/// <summary>
/// `sluice explain VERB ...`: the plan of the same command line; runs nothing. `sluice explain --why JOB`: what kept a
/// job from being faster.
/// </summary>
internal sealed class ExplainCommand : Verb
{
    private readonly Option<string?> _why = new("--why")
    {
        Description = "What kept a job from being faster: its id in the cluster, or a file with its report as JSON",
        HelpName = "JOB",
    };

    public ExplainCommand(ConsoleHost host)
        : base(host, "explain", "Show what a job would do, without running it, or why one took so long")
    {
        Add(_why);
        Add(new Option<string>($"--{SettingNames.Cluster}")
        {
            Description = "The cluster's gateways, for --why",
            HelpName = "HOST:PORT",
        });
        Add(new Option<string>($"--{SettingNames.ClusterId}")
        {
            Description = "What it is called [default: sluice]",
            HelpName = "NAME",
        });
        SortOptions sort = new();
        Add(new ExplainVerb(host, SortCommand.VerbName, sort.AddTo, sort.Read));
        WordCountOptions wordCount = new();
        Add(new ExplainVerb(host, WordCountCommand.VerbName, wordCount.AddTo, wordCount.Read));
        RunOptions run = new();
        Add(new ExplainVerb(host, RunCommand.VerbName, (verb, _) => run.AddTo(verb), run.Read));
    }

    public override IReadOnlyList<string> Examples =>
    [
        "sluice explain sort access.log",
        "sluice explain run LineLengths --assembly bin/Jobs.dll --arg input=access.log --arg out=lengths",
        "sluice explain --why report.json",
    ];

    protected override async Task<int> RunAsync(VerbCall call, CancellationToken cancellationToken)
    {
        if (call.Parse.GetValue(_why) is not string job)
        {
            string verbs = string.Join(", ", Subcommands.Select(child => child.Name));
            throw new SluiceException(ConsoleErrors.Missing($"a verb ({verbs}) or --why JOB", "sluice explain"));
        }

        if (File.Exists(job))
        {
            WhyView.Print(call, WhyView.Read(job));
        }
        else if (call.Host.Clusters is IClusterSupport clusters)
        {
            await clusters.ExplainAsync(call, job, cancellationToken);
        }
        else
        {
            throw new SluiceException(ConsoleErrors.NoCluster("sluice explain --why", ClusterSupport.WhyNot));
        }

        return 0;
    }

    /// <summary>Explains one verb.</summary>
    private sealed class ExplainVerb : Verb
    {
        private readonly Func<VerbCall, JobOrder> _read;

        public ExplainVerb(
            ConsoleHost host, string verb, Action<Command, bool> addOptions, Func<VerbCall, JobOrder> read)
            : base(host, verb, $"Show the plan of sluice {verb} with these options")
        {
            addOptions(this, false);
            _read = read;
        }

        protected override async Task<int> RunAsync(VerbCall call, CancellationToken cancellationToken)
        {
            JobOrder order = _read(call);
            if (order.ReadsStream)
            {
                throw new SluiceException(ConsoleErrors.BadStandardInput(
                    "standard input cannot be planned before it is read", "name files to see a plan"));
            }

            // Where the records go in the end changes nothing of the plan.
            string? output = order.WritesStream ? Path.Combine(Path.GetTempPath(), "output") : order.Output;
            JobRequest request = JobSession.RequestOf(call, order, order.Inputs, output);
            PlanReport plan = await JobSession.RunnerOf(call, order).ExplainAsync(
                call.Settings.EngineOptions, request, cancellationToken);
            call.Printer.Print(plan, json => json.PlanReport, console => Write(console, plan));
            return 0;
        }

        private static void Write(IAnsiConsole console, PlanReport plan)
        {
            console.MarkupLine(
                $"[bold]{Markup.Escape(plan.Name)}[/] would read {ByteText.OfBytes(plan.InputBytes)} in " +
                    $"{ByteText.OfCount(plan.Files)} {Plural.Of(plan.Files, "file")}");
            Tables.Facts(
                console,
                ("memory", $"{ByteText.OfBytes(plan.MemoryBytes)}, {ByteText.OfBytes(plan.MemoryPerTask)} a task"),
                ("spill", plan.SpillBytes == 0 ? "nothing" : $"{ByteText.OfBytes(plan.SpillBytes)} at the most"),
                ("fingerprint", plan.Fingerprint));
            Tables.Rows(
                console,
                ["stage", "name", "tasks#", "reads", "does", "writes"],
                plan.Stages.Select(stage => (IReadOnlyList<string>)
                [
                    stage.Id.ToString(CultureInfo.InvariantCulture),
                    stage.Name,
                    ByteText.OfCount(stage.Tasks),
                    stage.Input,
                    stage.Operators.Count == 0 ? "-" : string.Join(", ", stage.Operators),
                    stage.Output,
                ]));
            foreach (string warning in plan.Warnings)
            {
                console.MarkupLine($"[yellow]warning[/]: {Markup.Escape(warning)}");
            }
        }
    }
}
