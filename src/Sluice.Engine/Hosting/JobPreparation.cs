using System.Security.Cryptography;
using System.Text;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>
/// All that is found out about a job before it runs: inputs, splits, plan, and whether it may run at all.
/// </summary>
/// <param name="Sink">The job as it was defined.</param>
/// <param name="Catalog">Its inputs.</param>
/// <param name="Format">How records lie in them.</param>
/// <param name="Splits">What each reading task reads.</param>
/// <param name="Plan">Its stages.</param>
/// <param name="Warnings">What the user should know.</param>
internal sealed record JobPreparation(
    SinkNode Sink,
    InputCatalog Catalog,
    RecordFormat Format,
    IReadOnlyList<InputSplit[]> Splits,
    JobPlan Plan,
    IReadOnlyList<string> Warnings)
{
    /// <summary>Full path of the output directory.</summary>
    public string OutputPath => Path.TrimEndingDirectorySeparator(Path.GetFullPath(Sink.Directory));

    /// <summary>What may be spilled at the most: the input once, with the headers of its blocks.</summary>
    public long SpillEstimate(long memoryBytes) =>
        Plan.Stages.Count == 1 || Catalog.Bytes * 2 < memoryBytes ? 0 : Catalog.Bytes + (Catalog.Bytes / 20);

    /// <summary>
    /// Whether most of that is never spilled, as far as equal keys meet in memory: nobody knows before.
    /// </summary>
    public bool MaySpillLess => Plan.Stages.Select(stage => stage.Output).OfType<ShuffleOutput>()
        .FirstOrDefault() is { Node.Combines: true };

    /// <summary>
    /// Two machines that prepared the same job have the same one: its plan, and its input files with their lengths.
    /// </summary>
    public string Fingerprint
    {
        get
        {
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            hash.AppendData(Encoding.UTF8.GetBytes(Plan.Fingerprint));
            foreach (InputFile file in Catalog.Files)
            {
                hash.AppendData(Encoding.UTF8.GetBytes($"\n{file.Length} {file.Path}"));
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
    }

    /// <summary>Tasks that read more than half of their input from files below some directories.</summary>
    /// <param name="directories">Full paths.</param>
    public IReadOnlyList<TaskId> TasksNear(IReadOnlyCollection<string> directories) => directories.Count == 0
        ? []
        :
        [
            .. from stage in Plan.Stages
            where stage is { Input: ReadInput, Output: not SampleOutput }
            from index in Enumerable.Range(0, stage.Tasks)
            where IsNear(Splits[index], directories)
            select new TaskId(new StageId(stage.Id), index),
        ];

    /// <summary>What would run, for people and programs.</summary>
    /// <param name="name">What the user calls the job.</param>
    /// <param name="memoryBytes">Bytes of the pool that its tasks share, of each silo.</param>
    /// <param name="slots">How many share it.</param>
    public PlanReport Describe(string name, long memoryBytes, int slots) => new()
    {
        Name = name,
        Fingerprint = Plan.Fingerprint,
        Files = Catalog.Files.Count,
        InputBytes = Catalog.Bytes,
        MemoryBytes = memoryBytes,
        MemoryPerTask = memoryBytes / slots,
        SpillBytes = SpillEstimate(memoryBytes),
        Stages = [.. Plan.Stages.Select(PlanStageReport.Of)],
        Warnings = Warnings,
    };

    /// <summary>Finds inputs and plans, as it was ordered; touches nothing.</summary>
    /// <exception cref="SluiceException">The job cannot run like this, or none of that name is known.</exception>
    public static JobPreparation Of(JobOrder order, JobCatalog jobs) =>
        Of(jobs.Create(order.Job), order.ToArguments(), order.Partitions, order.Parallelism);

    /// <summary>Finds inputs and plans; touches nothing.</summary>
    /// <param name="job">Describes the job.</param>
    /// <param name="arguments">What it is started with.</param>
    /// <param name="partitions">Partitions of each shuffle; null finds a number that fits the input.</param>
    /// <param name="parallelism">Tasks that run at once, wherever they do.</param>
    /// <exception cref="SluiceException">The job cannot run like this.</exception>
    public static JobPreparation Of(IJob job, JobArguments arguments, int? partitions, int parallelism)
    {
        SinkNode sink = Planner.Define(job, arguments);
        string[] unasked = [.. UnaskedOf(arguments)];
        ReadNode read = SourceOf(sink);
        if (read.Inputs.Count == 0 && !arguments.Asked.Contains("input"))
        {
            throw new SluiceException(SluiceErrors.NothingToRead(string.Join(", ", arguments.Asked)));
        }

        InputCatalog catalog = InputCatalog.Find(read.Inputs, read.Format);
        CheckOutsideInputs(sink.Directory, catalog.Inputs);
        IReadOnlyList<InputSplit[]> splits = SplitPlan.Cut(catalog.Files, read.Format, parallelism);
        JobPlan plan = Planner.Plan(sink, arguments, new PlanOptions
        {
            InputBytes = catalog.Bytes,
            Splits = splits.Count,
            Parallelism = parallelism,
            Partitions = partitions,
        });
        return new JobPreparation(
            sink, catalog, read.Format, splits, plan, [.. unasked, .. catalog.Warnings]);
    }

    private static IEnumerable<string> UnaskedOf(JobArguments arguments)
    {
        string asked = string.Join(", ", arguments.Asked);
        string instead = asked.Length == 0 ? "nor for others" : $"only for {asked}";
        return arguments.Unasked.Select(name => $"the job does not ask for '{name}', {instead}.");
    }

    private bool IsNear(InputSplit[] splits, IReadOnlyCollection<string> directories) =>
        2 * splits.Where(split => directories.Any(IsAbove(split))).Sum(split => split.Length) >
            splits.Sum(split => split.Length);

    private Func<string, bool> IsAbove(InputSplit split) =>
        directory => RealPath.IsWithin(Catalog.Files[split.File].Path, directory);

    private static ReadNode SourceOf(DatasetNode node)
    {
        while (node.Input is not null)
        {
            node = node.Input;
        }

        return (ReadNode)node;
    }

    // By where they really lie: a link may lead into the input, or the input be named by one.
    private static void CheckOutsideInputs(string output, IReadOnlyList<NamedInput> inputs)
    {
        string outputPath = RealPath.Of(output);
        foreach (string directory in inputs.SelectMany(input => input.Directories).Select(RealPath.Of))
        {
            if (RealPath.IsWithin(outputPath, directory))
            {
                throw new SluiceException(SluiceErrors.OutputInsideInput(outputPath, directory));
            }
        }

        // A pattern finds an output only when it is there: what it matches would be read again.
        foreach (NamedInput pattern in Directory.Exists(outputPath) ? inputs.Where(input => input.IsPattern) : [])
        {
            IEnumerable<string> places = pattern.Files.Select(file => Path.GetDirectoryName(file)!).Distinct()
                .Concat(pattern.Files.Where(file => new FileInfo(file).LinkTarget is not null));
            if (places.Any(place => RealPath.IsWithin(RealPath.Of(place), outputPath)))
            {
                throw new SluiceException(SluiceErrors.OutputInsideInput(outputPath, pattern.Name));
            }
        }
    }
}
