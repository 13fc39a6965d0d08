using System.Globalization;
using System.Text;

namespace Sluice.Jobs;

/// <summary>Cuts a job into stages: a shuffle ends one and begins the next, all steps between are fused.</summary>
public static class Planner
{
    private const long SmallInput = 16L << 20;
    private const long BytesPerPartition = 128L << 20;
    private const int MostPartitions = 4096;

    /// <summary>The job as its class describes it.</summary>
    /// <exception cref="SluiceException">It writes nothing, is not well defined, or throws.</exception>
    public static SinkNode Define(IJob job, JobArguments arguments)
    {
        JobBuilder builder = new(arguments);
        try
        {
            job.Define(builder);
        }
        catch (Exception exception) when (exception is not SluiceException)
        {
            string where = job.GetType().Name;
            throw new SluiceException(
                MissingAssembly.Of(exception) is { } missing
                    ? SluiceErrors.AssemblyMissing(missing, where)
                    : SluiceErrors.DefinitionFailed(where, $"{exception.GetType().Name}: {exception.Message}"),
                exception);
        }

        return builder.Sink ?? throw new SluiceException(SluiceErrors.NoOutput(job.GetType().Name));
    }

    /// <summary>Plans a job that was defined.</summary>
    /// <exception cref="SluiceException">More partitions are asked for than a shuffle can have.</exception>
    public static JobPlan Plan(SinkNode sink, JobArguments arguments, PlanOptions options)
    {
        if (options.Partitions is < 1 or > MostPartitions)
        {
            throw new SluiceException(
                SluiceErrors.BadArgument("partitions", $"a shuffle has 1 to {MostPartitions} partitions"));
        }

        List<DatasetNode> steps = [];
        for (DatasetNode? node = sink; node is not null; node = node.Input)
        {
            steps.Insert(0, node);
        }

        List<StagePlan> stages = [];
        StageInput input = new ReadInput((ReadNode)steps[0]);
        List<DatasetNode> operators = [];
        int tasks = options.Splits;
        foreach (DatasetNode step in steps.Skip(1))
        {
            if (step.Partitioning is Partitioning partitioning)
            {
                ShuffleOutput output = Shuffle(step, partitioning, input, operators, stages, options);
                stages.Add(new StagePlan(stages.Count, "map", input, operators, output, tasks));
                input = new ShuffleInput(stages.Count - 1, step);
                operators = [];
                tasks = output.Partitions;
            }
            else if (step is not SinkNode)
            {
                operators.Add(step);
            }
        }

        string last = input is ReadInput ? "map" : "reduce";
        stages.Add(new StagePlan(stages.Count, last, input, operators, new SinkOutput(sink), tasks));
        for (int i = 0; i < stages.Count - 1; i++)
        {
            if (stages[i] is { Input: ShuffleInput, Output: not SampleOutput })
            {
                stages[i] = stages[i] with { Name = "middle" };
            }
        }

        return new JobPlan(stages, sink)
        {
            Parallelism = options.Parallelism,
            Identity = Identity(stages, arguments),
        };
    }

    /// <summary>
    /// Partitions that fit an input: one for a small one, then enough for every task and for the bytes.
    /// </summary>
    public static int DefaultPartitions(long inputBytes, int parallelism)
    {
        if (inputBytes < SmallInput)
        {
            return 1;
        }

        long byBytes = (inputBytes + BytesPerPartition - 1) / BytesPerPartition;
        return (int)Math.Min(MostPartitions, Math.Max(2L * parallelism, byBytes));
    }

    // A range shuffle adds the stage that samples its keys.
    private static ShuffleOutput Shuffle(
        DatasetNode node,
        Partitioning partitioning,
        StageInput input,
        List<DatasetNode> operators,
        List<StagePlan> stages,
        PlanOptions options)
    {
        int partitions = options.Partitions ?? DefaultPartitions(options.InputBytes, options.Parallelism);
        if (partitions == 1 || partitioning == Partitioning.One)
        {
            return new ShuffleOutput(node, 1, Partitioning.One, null);
        }

        if (partitioning == Partitioning.Hash)
        {
            return new ShuffleOutput(node, partitions, Partitioning.Hash, null);
        }

        if (input is ShuffleInput shuffle && ((ShuffleOutput)stages[shuffle.Stage].Output).Partitions == 1)
        {
            // One task makes all of it, and nothing is gained where another one samples that first.
            return new ShuffleOutput(node, 1, Partitioning.One, null);
        }

        int sample = stages.Count;
        stages.Add(new StagePlan(sample, "sample", input, operators, new SampleOutput(node, partitions), 1));
        return new ShuffleOutput(node, partitions, Partitioning.Range, sample);
    }

    private static string Identity(List<StagePlan> stages, JobArguments arguments)
    {
        StringBuilder text = new();
        foreach (StagePlan stage in stages)
        {
            text.Append(
                CultureInfo.InvariantCulture, $"{stage.Id} {stage.Name} {stage.Tasks} {stage.Output.GetType().Name}");
            if (stage.Output is ShuffleOutput shuffle)
            {
                text.Append(
                    CultureInfo.InvariantCulture,
                    $" {shuffle.Node.Name} {shuffle.Node.GetType()} {shuffle.Partitions}");
            }

            foreach (DatasetNode step in stage.Operators)
            {
                text.Append(CultureInfo.InvariantCulture, $"; {step.Name} {step.GetType()}");
            }

            text.Append('\n');
        }

        foreach ((string name, IReadOnlyList<string> values) in arguments.All)
        {
            text.AppendJoin('\0', values.Prepend(name)).Append('\n');
        }

        return text.ToString();
    }
}
