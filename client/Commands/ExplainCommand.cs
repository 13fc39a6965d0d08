using System.CommandLine;
using System.Text.Json;
using Sluice.Engine;
using Sluice.Jobs;
using Spectre.Console;

namespace Sluice.Client;

/// <summary>`sluice explain VERB ...`: what would run; runs nothing.</summary>
internal static class ExplainCommand
{
    public static Command Create(VerbContext context)
    {
        Command sort = new("sort", "The plan of a sort.");
        SortOptions sortOptions = new(sort, needsOutput: false);
        sort.SetAction(parse => Explain(context.Terminal, sortOptions.Read(parse)));

        Command wordCount = new("wordcount", "The plan of a word count.");
        WordCountOptions countOptions = new(wordCount, needsOutput: false);
        wordCount.SetAction(parse => Explain(context.Terminal, countOptions.Read(parse)));

        return new Command("explain", "Prints the plan of a verb: stages, tasks, bytes, memory; runs nothing.") { sort, wordCount };
    }

    private static void Explain(Terminal terminal, JobCall call)
    {
        using InProcessEngine engine = new(call.Settings.EngineOptions);
        Explanation plan = engine.Explain(JobRunner.RequestOf(call, call.Inputs, Path.GetFullPath(call.Output)));
        if (call.Settings.OutputFormat.Value == OutputFormat.Table)
        {
            PrintTable(terminal, call.Settings, plan);
        }
        else
        {
            JsonLine.Print(terminal.Out, call.Settings.Style, "sluice.plan/1", json => WriteJson(json, plan));
        }
    }

    private static void PrintTable(Terminal terminal, Settings settings, Explanation plan)
    {
        Table table = new() { Border = TableBorder.Simple };
        foreach (string column in (string[])["stage", "tasks", "reads", "steps", "writes"])
        {
            table.AddColumn(column);
        }

        foreach (StagePlan stage in plan.Plan.Stages)
        {
            string steps = string.Join(", ", stage.Operators.Select(step => step.Name));
            table.AddRow(
                Markup.Escape($"{stage.Id} {stage.Name}"),
                ByteText.OfCount(stage.Tasks),
                Markup.Escape(InputOf(stage)),
                Markup.Escape(steps.Length == 0 ? "-" : steps),
                Markup.Escape(OutputOf(stage)));
        }

        Tables.On(terminal.Out, terminal, settings.Style).Write(table);
        terminal.Out.WriteLine($"input: {ByteText.OfCount(plan.Files)} files, {ByteText.OfBytes(plan.InputBytes)}");
        terminal.Out.WriteLine(
            $"memory: {ByteText.OfBytes(settings.Memory.Value)} for {settings.Parallelism.Value} tasks at once, " +
            $"{ByteText.OfBytes(plan.MemoryPerTask)} each");
        terminal.Out.WriteLine($"spill: up to {ByteText.OfBytes(plan.SpillBytes)}");
        terminal.Out.WriteLine($"plan: {plan.Plan.Fingerprint}");
        foreach (string warning in plan.Warnings)
        {
            terminal.Out.WriteLine($"warning: {warning}");
        }
    }

    private static void WriteJson(Utf8JsonWriter json, Explanation plan)
    {
        json.WriteString("fingerprint", plan.Plan.Fingerprint);
        json.WriteNumber("files", plan.Files);
        json.WriteNumber("inputBytes", plan.InputBytes);
        json.WriteNumber("memoryPerTask", plan.MemoryPerTask);
        json.WriteNumber("spillBytes", plan.SpillBytes);
        json.WriteStartArray("stages");
        foreach (StagePlan stage in plan.Plan.Stages)
        {
            json.WriteStartObject();
            json.WriteNumber("id", stage.Id);
            json.WriteString("name", stage.Name);
            json.WriteNumber("tasks", stage.Tasks);
            json.WriteString("reads", InputOf(stage));
            json.WriteString("writes", OutputOf(stage));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("warnings");
        foreach (string warning in plan.Warnings)
        {
            json.WriteStringValue(warning);
        }

        json.WriteEndArray();
    }

    private static string InputOf(StagePlan stage) => stage.Input switch
    {
        ReadInput when stage.Output is SampleOutput => "a sample of the input",
        ReadInput read => $"{read.Node.Format.Name} from files",
        ShuffleInput shuffle => $"stage {shuffle.Stage}, merged",
        _ => "-",
    };

    private static string OutputOf(StagePlan stage) => stage.Output switch
    {
        SampleOutput sample => $"boundaries of {sample.Partitions} ranges",
        ShuffleOutput { Partitioning: Partitioning.Range } shuffle =>
            $"{shuffle.Node.Name}: {shuffle.Partitions} ranges from stage {shuffle.BoundariesFrom}",
        ShuffleOutput { Partitioning: Partitioning.Hash } shuffle => $"{shuffle.Node.Name}: {shuffle.Partitions} partitions by hash",
        ShuffleOutput shuffle => $"{shuffle.Node.Name}: one partition",
        SinkOutput sink => $"{stage.Tasks} parts, {sink.Node.Name}",
        _ => "-",
    };
}
