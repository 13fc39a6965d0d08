using Sluice.Jobs;

namespace Sluice.Engine.Tests;

/// <summary>Jobs as they are ordered by name, and what becomes of an order.</summary>
internal static class TestOrder
{
    /// <summary>A sort of one file into one directory.</summary>
    public static JobOrder Sort(string input, string output) => new()
    {
        Id = JobId.New(),
        Job = "sort",
        Arguments = new Dictionary<string, string[]> { ["input"] = [input], ["out"] = [output] },
        Name = "test",
        Partitions = 3,
        Parallelism = 2,
        OrderedAt = DateTime.UtcNow,
    };

    public static JobPreparation Prepare(JobOrder order) => JobPreparation.Of(order, new JobCatalog());

    public static string Staging(JobOrder order) =>
        Path.Combine(order.Arguments["out"][0], OutputNames.Staging(order.Id));

    public static string JournalOf(JobOrder order) => Path.Combine(Staging(order), OutputNames.Journal);
}
