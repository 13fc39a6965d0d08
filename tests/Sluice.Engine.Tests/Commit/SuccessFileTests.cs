using Sluice.Jobs;

namespace Sluice.Engine.Tests;

/// <summary>Whose output a directory says it holds.</summary>
public sealed class SuccessFileTests
{
    private static readonly JobId Job = JobId.New();

    [Fact]
    public void What_a_job_wrote_is_its_own_and_no_others()
    {
        using OutputFolder folder = new();
        JobId job = JobId.New();
        using (OutputDirectory output = OutputDirectory.Prepare(folder.Out, job, overwrite: false))
        {
            OutputFolder.Publish(output, "new", parts: 1);
        }

        Assert.True(SuccessFile.IsOf(folder.Out, job));
        Assert.False(SuccessFile.IsOf(folder.Out, JobId.New()));
    }

    [Fact]
    public void A_directory_without_one_is_nobodys()
    {
        using OutputFolder folder = new();

        Assert.False(SuccessFile.IsOf(folder.Out, Job));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"schema\":\"sluice.success/1\"}")]
    [InlineData("{\"schema\":\"sluice.success/1\",\"id\":7}")]
    [InlineData("{\"schema\":\"another/1\",\"id\":\"$id\"}")]
    [InlineData("{\"schema\":\"sluice.success/1\",\"id\":\"$id\"")]
    public void What_is_no_success_file_is_nobodys(string content)
    {
        using OutputFolder folder = new();
        Directory.CreateDirectory(folder.Out);
        File.WriteAllText(
            folder.At("out", OutputNames.Success),
            content.Replace("$id", Job.ToString(), StringComparison.Ordinal));

        Assert.False(SuccessFile.IsOf(folder.Out, Job));
    }
}
