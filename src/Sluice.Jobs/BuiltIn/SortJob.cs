namespace Sluice.Jobs;

/// <summary>Sorts records of files: `sluice sort`.</summary>
/// <remarks>Arguments: `input` (many), `out`, `format`, `key`, `unique`.</remarks>
[JobName("sort")]
public sealed class SortJob : IJob
{
    public void Define(JobBuilder job)
    {
        RecordFormat format = RecordFormat.Parse(job.Arguments.Find("format") ?? "lines");
        ByteKey key = job.Arguments.Find("key") is string text ? ByteKey.Parse(text) : format.DefaultKey;
        job.Read(format, job.Arguments.GetAll("input"))
            .OrderBy(key, job.Arguments.IsOn("unique") ? Duplicates.Drop : Duplicates.Keep)
            .Write(job.Arguments.Get("out"), format);
    }
}
