using System.Text.Json;

namespace Sluice.Client.Tests;

/// <summary>A system that lets the process have fewer files open than the job spills.</summary>
public sealed class FewFilesTests : ConsoleTest
{
    private const int Limit = 180;

    [Fact]
    public async Task A_job_spills_to_more_files_than_may_be_open()
    {
        Assert.Equal(0, (await Run("gen", "gensort", "--ascii", "--records", "2000000", "--out", "in")).ExitCode);

        string report = System.Text.Encoding.UTF8.GetString(Shell(
            $"ulimit -n {Limit} && dotnet '{ConsoleProcess.Library()}' sort in --out out --memory 8MiB " +
            "--parallelism 2 --spill-dir spill --no-progress --output-format json"));

        using JsonDocument job = JsonDocument.Parse(report);
        int spills = job.RootElement.GetProperty("stages").EnumerateArray().Sum(
            stage => stage.GetProperty("spills").GetInt32());
        Assert.True(2 * spills > Limit, $"{spills} files with two handles each are too few to tell anything.");
        Assert.True(Shell("sort in").AsSpan().SequenceEqual(Parts()), "The parts are not what sort prints.");
        AssertNoSpill();
    }
}
