using Sluice.Jobs;
using Sluice.UserJobs.Library;

namespace Sluice.UserJobs;

/// <summary>Needs the library where records are.</summary>
public sealed class VowelCounts : IJob
{
    public void Define(JobBuilder job) => job
        .Read(RecordFormat.Lines, job.Arguments.GetAll("input"))
        .GroupBy(static line => Vowels.Count(line))
        .Count()
        .Select(count => $"{count.Key} vowels: {count.Value} lines")
        .Write(job.Arguments.Get("out"));
}

/// <summary>Needs it where the job is defined.</summary>
public sealed class DefinedByLibrary : IJob
{
    public void Define(JobBuilder job)
    {
        int vowels = Vowels.Count("define"u8);
        job.Read(RecordFormat.Lines, job.Arguments.GetAll("input"))
            .Where(line => line.Length > vowels)
            .OrderBy(ByteKey.Whole)
            .Write(job.Arguments.Get("out"), RecordFormat.Lines);
    }
}

/// <summary>Needs it where the job is made.</summary>
public sealed class MadeByLibrary : IJob
{
    private readonly int _vowels = Vowels.Count("make"u8);

    public void Define(JobBuilder job) => job
        .Read(RecordFormat.Lines, job.Arguments.GetAll("input"))
        .Where(line => line.Length > _vowels)
        .OrderBy(ByteKey.Whole)
        .Write(job.Arguments.Get("out"), RecordFormat.Lines);
}

/// <summary>Is no class without it.</summary>
public sealed class DerivedFromLibrary : Named, IJob
{
    public void Define(JobBuilder job) => job
        .Read(RecordFormat.Lines, job.Arguments.GetAll("input"))
        .Select(line => $"{Title} {line.Length}")
        .Write(job.Arguments.Get("out"));
}
