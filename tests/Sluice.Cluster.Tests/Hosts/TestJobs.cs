using System.Collections.Concurrent;
using System.Text;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Cluster.Tests;

/// <summary>Job classes of the tests, as silos know them.</summary>
internal static class TestJobs
{
    /// <summary>The first of the silos that lack a class, see other files and plan differently.</summary>
    public const int OddSilo = 2;

    public static void AddTo(JobCatalog jobs, int silo)
    {
        jobs.Add<GatedCount>("gated").Add<SortUnpadded>("unpadded").Add<LinesByFrequency>("frequency");
        jobs.Add<ThrowingJob>("throwing").Add<UndefinedJob>("undefined").Add<HeldPlan>("held-plan");
        if (silo >= OddSilo)
        {
            jobs.Add<SortElsewhere>("elsewhere").Add<SortUnpadded>("differing");
        }
        else
        {
            jobs.Add<SortJob>("elsewhere").Add<SortJob>("not-everywhere").Add<SortJob>("differing");
            jobs.Add<GatedCount>("gated-not-everywhere");
        }
    }
}

/// <summary>Where records of gated jobs wait until a test lets them go on.</summary>
internal sealed class Gate : IDisposable
{
    private static readonly ConcurrentDictionary<string, Gate> Gates = new();
    private readonly ManualResetEventSlim _open = new();
    private int _arrived;

    public Gate() => Gates[Name] = this;

    /// <summary>How many records wait at the most; those that come after them pass.</summary>
    public int Holds { get; init; } = int.MaxValue;

    public string Name { get; } = Guid.NewGuid().ToString("N");

    /// <summary>Records that have come to the gate.</summary>
    public int Arrived => Volatile.Read(ref _arrived);

    public static Gate Find(string name) => Gates[name];

    public bool Pass()
    {
        return Interlocked.Increment(ref _arrived) > Holds || _open.Wait(SiloHosts.Deadline);
    }

    public void Open() => _open.Set();

    public void Dispose()
    {
        Open();
        Gates.TryRemove(Name, out _);
    }
}

/// <summary>Counts lines, without a sample before its maps.</summary>
/// <remarks>
/// Lines that begin with `gate` wait at it, those with `slow` take a millisecond, padding is dropped.
/// </remarks>
internal sealed class GatedCount : IJob
{
    // A file of this size is a map task of its own.
    private const int TaskLength = 9 << 20;

    public static ReadOnlySpan<byte> Padding => "padding"u8;

    /// <summary>Lines that are read by one task, with others that are dropped.</summary>
    public static IEnumerable<string> Pad(IReadOnlyCollection<string> lines)
    {
        const int Length = 60_000;
        string padding = "padding".PadRight(Length, '.');
        return lines.Concat(Enumerable.Repeat(padding, (TaskLength - lines.Sum(line => line.Length + 1)) / Length));
    }

    public void Define(JobBuilder job)
    {
        string? name = job.Arguments.Find("gate");
        job.Read(RecordFormat.Lines, job.Arguments.GetAll("input"))
            .Where(line => Pass(line, name))
            .GroupBy(line => line)
            .Count()
            .Write(job.Arguments.Get("out"), static (Group<ReadOnlySpan<byte>, long> count, ref RecordWriter line) =>
            {
                line.Write(count.Key);
                line.WriteByte((byte)' ');
                line.WriteDecimal(count.Value);
            });
    }

    private static bool Pass(ReadOnlySpan<byte> line, string? name)
    {
        if (line.IndexOf("slow"u8) >= 0)
        {
            Thread.Sleep(1);
        }

        return line.StartsWith("gate"u8) ? Gate.Find(name!).Pass() : !line.StartsWith(Padding);
    }
}

/// <summary>
/// Sorts what <see cref="GatedCount.Pad"/> was given: a map's output is much smaller than what it reads.
/// </summary>
internal sealed class SortUnpadded : IJob
{
    public void Define(JobBuilder job) => job
        .Read(RecordFormat.Lines, job.Arguments.GetAll("input"))
        .Where(line => !line.StartsWith(GatedCount.Padding))
        .OrderBy(ByteKey.Whole)
        .Write(job.Arguments.Get("out"), RecordFormat.Lines);
}

/// <summary>Each line with how often it comes, in that order: one shuffle behind another.</summary>
internal sealed class LinesByFrequency : IJob
{
    public void Define(JobBuilder job) => job
        .Read(RecordFormat.Lines, job.Arguments.GetAll("input"))
        .Select(line => Encoding.UTF8.GetString(line))
        .GroupBy(line => line)
        .Count()
        .Select(count => (count.Value, count.Key))
        .OrderBy(count => count)
        .Select(count => $"{count.Value} {count.Key}")
        .Write(job.Arguments.Get("out"));
}

/// <summary>Throws at the line that says so, with a type that no other process could read.</summary>
internal sealed class ThrowingJob : IJob
{
    public void Define(JobBuilder job) => job
        .Read(RecordFormat.Lines, job.Arguments.GetAll("input"))
        .Where(line => Encoding.UTF8.GetString(line) == "throw" ? throw new OwnException(new object()) : true)
        .OrderBy(ByteKey.Whole)
        .Write(job.Arguments.Get("out"), RecordFormat.Lines);

#pragma warning disable CA1032, CA1064, RCS1194 // An exception with a state of its own is the point.
    private sealed class OwnException(object state) : Exception("this line cannot be")
    {
        public object State => state;
    }
#pragma warning restore CA1032, CA1064, RCS1194
}

/// <summary>Throws where a job is defined.</summary>
internal sealed class UndefinedJob : IJob
{
    public void Define(JobBuilder job) => throw new NotSupportedException("no such job today");
}

/// <summary>Sorts lines; where it is defined it waits at a gate.</summary>
internal sealed class HeldPlan : IJob
{
    public void Define(JobBuilder job)
    {
        Gate.Find(job.Arguments.Get("gate")).Pass();
        job.Read(RecordFormat.Lines, job.Arguments.GetAll("input"))
            .OrderBy(ByteKey.Whole)
            .Write(job.Arguments.Get("out"), RecordFormat.Lines);
    }
}

/// <summary>Sees none of the files that other silos see.</summary>
internal sealed class SortElsewhere : IJob
{
    public void Define(JobBuilder job) => job
        .Read(RecordFormat.Lines, job.Arguments.GetAll("input").Select(path => $"{path}.elsewhere"))
        .OrderBy(ByteKey.Whole)
        .Write(job.Arguments.Get("out"), RecordFormat.Lines);
}
