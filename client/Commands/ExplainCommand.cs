using System.CommandLine;
using System.Globalization;
using Sluice.Engine;
using Sluice.Jobs;
using Spectre.Console;

namespace Sluice.Client;

/// <summary>
/// `sluice explain VERB ...`: the plan of the same command line; runs nothing. `sluice explain --why JOB`: what kept a job
/// from being faster.
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
        Add(new Option<string>($"--{SettingNames.Cluster}") { Description = "The cluster's gateways, for --why", HelpName = "HOST:PORT" });
        Add(new Option<string>($"--{SettingNames.ClusterId}") { Description = "What it is called [default: sluice]", HelpName = "NAME" });
        SortOptions sort = new();
        Add(new ExplainVerb(host, SortCommand.VerbName, sort.AddTo, sort.Read));
        WordCountOptions wordCount = new();
        Add(new ExplainVerb(host, WordCountCommand.VerbName, wordCount.AddTo, wordCount.Read));
    }

    public override IReadOnlyList<string> Examples =>
    [
        "sluice explain sort access.log",
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

        public ExplainVerb(ConsoleHost host, string verb, Action<Command, bool> addOptions, Func<VerbCall, JobOrder> read)
            : base(host, verb, $"Show the plan of sluice {verb} with these options")
        {
            addOptions(this, false);
            _read = read;
        }

        protected override Task<int> RunAsync(VerbCall call, CancellationToken cancellationToken)
        {
            JobOrder order = _read(call);
            if (order.ReadsStream)
            {
                throw new SluiceException(ConsoleErrors.BadStandardInput(
                    "standard input cannot be planned before it is read", "name files to see a plan"));
            }

            // Where the records go in the end changes nothing of the plan.
            string output = order.WritesStream ? Path.Combine(Path.GetTempPath(), "output") : order.Output;
            JobRequest request = JobSession.RequestOf(call, order, order.Inputs, output);
            Explanation explanation = call.Host.Runner.Explain(call.Settings.EngineOptions, request);
            PlanJson plan = Describe(call, order, explanation);
            call.Printer.Print(plan, json => json.PlanJson, console => Write(console, plan));
            return Task.FromResult(0);
        }

        private static PlanJson Describe(VerbCall call, JobOrder order, Explanation explanation) => new(
            "sluice.plan/1",
            order.Name,
            explanation.Plan.Fingerprint,
            explanation.Files,
            explanation.InputBytes,
            call.Settings.Memory.Value,
            explanation.MemoryPerTask,
            explanation.SpillBytes,
            [.. explanation.Plan.Stages.Select(Describe)],
            explanation.Warnings);

        private static PlanStageJson Describe(StagePlan stage) => new(
            stage.Id,
            stage.Name,
            stage.Tasks,
            stage.Input switch
            {
                ReadInput when stage.Output is SampleOutput => "a sample of files",
                ReadInput read => $"{read.Node.Format.Name} of files",
                ShuffleInput shuffle => $"stage {shuffle.Stage}, merged",
                _ => stage.Input.ToString()!,
            },
            [.. stage.Operators.Select(step => step.Name)],
            stage.Output switch
            {
                ShuffleOutput { Partitioning: Partitioning.One } shuffle => $"{shuffle.Node.Name}: one partition",
                ShuffleOutput { Partitioning: Partitioning.Hash } shuffle => $"{shuffle.Node.Name}: {shuffle.Partitions} partitions by hash",
                ShuffleOutput shuffle => $"{shuffle.Node.Name}: {shuffle.Partitions} ranges from stage {shuffle.BoundariesFrom}",
                SampleOutput sample => $"boundaries of {sample.Partitions} ranges",
                SinkOutput => $"{stage.Tasks} {(stage.Tasks == 1 ? "part" : "parts")}",
                _ => stage.Output.ToString()!,
            },
            stage.Output switch
            {
                ShuffleOutput shuffle => shuffle.Partitions,
                _ => null,
            });

        private static void Write(IAnsiConsole console, PlanJson plan)
        {
            console.MarkupLine($"[bold]{Markup.Escape(plan.Name)}[/] would read {ByteText.OfBytes(plan.InputBytes)} in {ByteText.OfCount(plan.Files)} {(plan.Files == 1 ? "file" : "files")}");
            Tables.Facts(
                console,
                ("memory", $"{ByteText.OfBytes(plan.MemoryBytes)}, {ByteText.OfBytes(plan.MemoryPerTask)} a task"),
                ("spill", plan.SpillBytes == 0 ? "nothing" : $"{ByteText.OfBytes(plan.SpillBytes)} at the most"),
                ("fingerprint", plan.Fingerprint));
            Tables.Rows(console, ["stage", "name", "tasks#", "reads", "does", "writes"], plan.Stages.Select(stage => (IReadOnlyList<string>)
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
