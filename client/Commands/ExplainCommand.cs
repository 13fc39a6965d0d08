using System.CommandLine;
using System.Globalization;
using Sluice.Engine;
using Sluice.Jobs;
using Spectre.Console;

namespace Sluice.Client;

/// <summary>`sluice explain VERB ...`: the plan of the same command line; runs nothing.</summary>
internal sealed class ExplainCommand : Command
{
    public ExplainCommand(ConsoleHost host)
        : base("explain", "Show what a job would do, without running it")
    {
        SortOptions sort = new();
        Add(new ExplainVerb(host, SortCommand.VerbName, sort.AddTo, sort.Read));
        WordCountOptions wordCount = new();
        Add(new ExplainVerb(host, WordCountCommand.VerbName, wordCount.AddTo, wordCount.Read));
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

        protected override async Task<int> RunAsync(VerbCall call, CancellationToken cancellationToken)
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
            PlanReport plan = await JobSession.RunnerOf(call, false).ExplainAsync(call.Settings.EngineOptions, request, cancellationToken);
            call.Printer.Print(plan, json => json.PlanReport, console => Write(console, plan));
            return 0;
        }

        private static void Write(IAnsiConsole console, PlanReport plan)
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
