using Sluice.Jobs;

namespace Sluice.UserJobs;

/// <summary>The README's job: how many lines have which length.</summary>
public sealed class LineLengths : IJob
{
    public void Define(JobBuilder job) => job
        .Read(RecordFormat.Lines, job.Arguments.GetAll("input"))
        .GroupBy(line => line.Length)
        .Count()
        .Select(count => $"{count.Key} bytes: {count.Value} lines")
        .Write(job.Arguments.Get("out"));
}

/// <summary>Not public, inside another class, and called otherwise.</summary>
internal static class Nested
{
    [JobName("copy-lines")]
    internal sealed class CopyLines : IJob
    {
        public void Define(JobBuilder job) => job
            .Read(RecordFormat.Lines, job.Arguments.GetAll("input"))
            .OrderBy(ByteKey.Whole)
            .Write(job.Arguments.Get("out"), RecordFormat.Lines);
    }
}

/// <summary>Reads what is not called `input`, and sorts; says now and then how far it is.</summary>
public sealed class SortRecords : IJob
{
    private int _records;

    public void Define(JobBuilder job) => job
        .Read(RecordFormat.Gensort, job.Arguments.GetAll("records"))
        .Where(_ =>
        {
            if (Interlocked.Increment(ref _records) % 10_000 == 0)
            {
                Console.WriteLine("and so on");
            }

            return true;
        })
        .OrderBy(RecordFormat.Gensort.DefaultKey)
        .Write(job.Arguments.Get("out"), RecordFormat.Gensort);
}

/// <summary>Prints wherever it can.</summary>
public sealed class Chatty : IJob
{
    public Chatty() => Console.WriteLine("made");

    public void Define(JobBuilder job)
    {
        Console.WriteLine("defined");
        job.Read(RecordFormat.Lines, job.Arguments.GetAll("input"))
            .Where(line =>
            {
                Console.Out.WriteLine($"a line of {line.Length}");
                return true;
            })
            .OrderBy(ByteKey.Whole)
            .Write(job.Arguments.Get("out"), RecordFormat.Lines);
    }
}
