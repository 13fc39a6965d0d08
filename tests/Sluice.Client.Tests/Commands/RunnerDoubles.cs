using Sluice.Engine;
using Sluice.Jobs;

namespace Sluice.Client.Tests;

/// <summary>Writes two parts and remembers what it was asked for.</summary>
internal class NotingRunner : IJobRunner
{
    public EngineOptions? Options { get; private set; }

    public JobRequest? Request { get; private set; }

    /// <summary>What the input held while the job ran.</summary>
    public string InputText { get; private set; } = "";

    public virtual Task<JobReport> RunAsync(
        EngineOptions options,
        JobRequest request,
        IProgress<JobProgress>? progress,
        CancellationToken cancellationToken)
    {
        Options = options;
        Request = request;
        if (request.Arguments.GetAll("input") is [string input] && File.Exists(input))
        {
            InputText = File.ReadAllText(input);
        }

        string output = request.Arguments.Get("out");
        Directory.CreateDirectory(output);
        File.WriteAllText(Path.Combine(output, "part-00001"), "second\n");
        File.WriteAllText(Path.Combine(output, "part-00000"), "first\n");
        File.WriteAllText(Path.Combine(output, "_SUCCESS"), "{}");
        return Task.FromResult(Report(request.Name, output));
    }

    public Task<PlanReport> ExplainAsync(
        EngineOptions options, JobRequest request, CancellationToken cancellationToken) =>
        throw new NotSupportedException("This runner only runs.");

    private static JobReport Report(string name, string output) => new()
    {
        Id = "1",
        Name = name,
        Status = "succeeded",
        Seconds = 2,
        TraceId = "2",
        Records = new RecordCounts(3, 3, 2),
        Bytes = new ByteCounts(30, 30, 0, 13),
        PeakMemoryBytes = 1,
        Certificate = new Certificate(2, "abc"),
        Stages = [],
        Output = output,
        Parts = 2,
        Warnings = ["something to know"],
    };
}

/// <summary>Fails as an engine does that throws what nobody foresaw.</summary>
internal sealed class BrokenRunner : NotingRunner
{
    public override Task<JobReport> RunAsync(
        EngineOptions options,
        JobRequest request,
        IProgress<JobProgress>? progress,
        CancellationToken cancellationToken) =>
        throw new InvalidOperationException("the wheel came off\nentirely");
}

/// <summary>Is interrupted while its job runs in a cluster, and leaves it there.</summary>
internal sealed class LeavingRunner : NotingRunner
{
    public override Task<JobReport> RunAsync(
        EngineOptions options,
        JobRequest request,
        IProgress<JobProgress>? progress,
        CancellationToken cancellationToken) =>
        throw new WatchEndedException();
}
