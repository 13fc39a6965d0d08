using System.Text.Json;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine.Tests;

public sealed class OutputDirectoryTests
{
    [Fact]
    public void Publish_moves_the_winners_and_leaves_nothing_else()
    {
        using OutputFolder folder = new();
        using OutputDirectory output = OutputDirectory.Prepare(folder.Out, OutputFolder.NewJob(), overwrite: false);

        OutputFolder.Publish(output, "new", parts: 2);

        SortedDictionary<string, string> files = OutputFolder.Files(folder.Out);
        Assert.Equal(["_SUCCESS", "part-00000", "part-00001"], files.Keys);
        Assert.Equal("new 0", files["part-00000"]);
        Assert.Equal("new 1", files["part-00001"]);
        Assert.Empty(Directory.EnumerateDirectories(folder.Out));
    }

    [Fact]
    public void Success_file_lists_job_certificate_and_parts()
    {
        using OutputFolder folder = new();
        JobId job = OutputFolder.NewJob();
        using OutputDirectory output = OutputDirectory.Prepare(folder.Out, job, overwrite: false);

        OutputFolder.Publish(output, "new", parts: 2);

        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(folder.At("out", "_SUCCESS")));
        JsonElement root = json.RootElement;
        Assert.Equal("sluice.success/1", root.GetProperty("schema").GetString());
        Assert.Equal(job.Value.ToString("N"), root.GetProperty("id").GetString());
        Assert.Equal("new", root.GetProperty("name").GetString());
        Assert.Equal(2, root.GetProperty("certificate").GetProperty("records").GetInt64());
        Assert.Equal(
            "00000000000000000000000000001578", root.GetProperty("certificate").GetProperty("checksum").GetString());
        JsonElement second = root.GetProperty("parts")[1];
        Assert.Equal("part-00001", second.GetProperty("name").GetString());
        Assert.Equal(1, second.GetProperty("records").GetInt64());
        Assert.Equal(5, second.GetProperty("bytes").GetInt64());
        Assert.Equal("00000000000000000000000000000abc", second.GetProperty("sum").GetString());
    }

    [Fact]
    public void Prepare_on_a_full_disk_leaves_nothing_and_says_so()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only there a file can be always full.");
        using OutputFolder folder = new();
        JobId job = OutputFolder.NewJob();
        string staging = folder.At("out", OutputNames.Staging(job));
        Directory.CreateDirectory(staging);
        File.CreateSymbolicLink(Path.Combine(staging, OutputNames.Claim), "/dev/full");

        IOException thrown = Assert.ThrowsAny<IOException>(
            () => OutputDirectory.Prepare(folder.Out, job, overwrite: false));

        Assert.True(DiskWait.IsFull(thrown), thrown.Message);
        Assert.False(Directory.Exists(staging), "The staging directory is left.");
    }

    [Fact]
    public void Prepare_refuses_an_output_that_exists_and_leaves_it()
    {
        using OutputFolder folder = new();
        folder.WriteOld(parts: 2);
        SortedDictionary<string, string> before = OutputFolder.Files(folder.Out);

        OutputRefusedException e = Assert.Throws<OutputRefusedException>(
            () => OutputDirectory.Prepare(folder.Out, OutputFolder.NewJob(), overwrite: false));

        Assert.Equal(OutputRefusal.Exists, e.Reason);
        Assert.Equal(folder.Out, e.Where);
        Assert.Contains("--overwrite", e.Help, StringComparison.Ordinal);
        Assert.Equal(before, OutputFolder.Files(folder.Out));
        Assert.Empty(Directory.EnumerateDirectories(folder.Out));
    }

    [Fact]
    public void Prepare_takes_an_empty_directory()
    {
        using OutputFolder folder = new();
        Directory.CreateDirectory(folder.Out);

        OutputDirectory.Prepare(folder.Out, OutputFolder.NewJob(), overwrite: false).Abort();

        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Out));
    }

    [Fact]
    public void Prepare_refuses_a_file_in_the_place_of_the_directory()
    {
        using OutputFolder folder = new();
        File.WriteAllText(folder.Out, "precious");

        OutputRefusedException e = Assert.Throws<OutputRefusedException>(
            () => OutputDirectory.Prepare(folder.Out, OutputFolder.NewJob(), overwrite: true));

        Assert.Equal(OutputRefusal.NotADirectory, e.Reason);
        Assert.Equal("precious", File.ReadAllText(folder.Out));
    }

    [Fact]
    public void Prepare_refuses_a_directory_in_the_place_of_a_part_even_when_overwriting()
    {
        using OutputFolder folder = new();
        Directory.CreateDirectory(folder.At("out", "part-00000"));

        OutputRefusedException e = Assert.Throws<OutputRefusedException>(
            () => OutputDirectory.Prepare(folder.Out, OutputFolder.NewJob(), overwrite: true));

        Assert.Equal(OutputRefusal.NotADirectory, e.Reason);
        Assert.Equal([folder.At("out", "part-00000")], Directory.EnumerateFileSystemEntries(folder.Out));
    }

    [Fact]
    public void Prepare_names_the_directory_when_it_cannot_be_made()
    {
        using OutputFolder folder = new();
        File.WriteAllText(folder.At("file"), "");

        OutputRefusedException e = Assert.Throws<OutputRefusedException>(
            () => OutputDirectory.Prepare(folder.At("file", "out"), OutputFolder.NewJob(), overwrite: false));

        Assert.Equal(OutputRefusal.NotWritable, e.Reason);
        Assert.Equal(folder.At("file", "out"), e.Where);
    }

    [Fact]
    public void Prepare_refuses_an_output_that_a_living_job_is_writing()
    {
        using OutputFolder folder = new();
        using OutputDirectory first = OutputDirectory.Prepare(folder.Out, OutputFolder.NewJob(), overwrite: false);

        OutputRefusedException e = Assert.Throws<OutputRefusedException>(
            () => OutputDirectory.Prepare(folder.Out, OutputFolder.NewJob(), overwrite: true));

        Assert.Equal(OutputRefusal.InUse, e.Reason);
        Assert.Contains($"process {Environment.ProcessId}", e.What, StringComparison.Ordinal);
        Assert.Equal([first.StagingPath], Directory.EnumerateDirectories(folder.Out));
        OutputFolder.Publish(first, "new", parts: 1);
        Assert.Equal("new 0", File.ReadAllText(folder.At("out", "part-00000")));
    }

    [Fact]
    public void Prepare_takes_what_a_dead_host_of_the_same_job_had_begun()
    {
        using OutputFolder folder = new();
        JobId job = OutputFolder.NewJob();
        OutputDirectory dead = OutputDirectory.Prepare(folder.Out, job, overwrite: false);
        File.WriteAllText(dead.JournalPath, "");
        dead.Abandon();

        using OutputDirectory output = OutputDirectory.Prepare(folder.Out, job, overwrite: false);
        OutputFolder.Publish(output, "new", parts: 1);

        Assert.Equal(["_SUCCESS", "part-00000"], OutputFolder.Files(folder.Out).Keys);
    }

    [Fact]
    public void Prepare_refuses_an_output_that_a_living_host_of_the_same_job_has()
    {
        using OutputFolder folder = new();
        JobId job = OutputFolder.NewJob();
        using OutputDirectory living = OutputDirectory.Prepare(folder.Out, job, overwrite: false);

        OutputRefusedException refused = Assert.Throws<OutputRefusedException>(
            () => OutputDirectory.Prepare(folder.Out, job, overwrite: false));

        Assert.Equal(OutputRefusal.InUse, refused.Reason);
        Assert.True(Directory.Exists(living.StagingPath));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Prepare_lets_exactly_one_of_many_in_at_once(bool afterDeadJob)
    {
        using OutputFolder folder = new();
        for (int round = 0; round < 20; round++)
        {
            string directory = folder.At($"out-{round}");
            if (afterDeadJob)
            {
                using OutputDirectory dead = OutputDirectory.Prepare(
                    folder.Out, OutputFolder.NewJob(), overwrite: false);
                folder.CrashImage(folder.Out, $"out-{round}");
            }

            Task<OutputDirectory?>[] jobs =
                [.. Enumerable.Range(0, 6).Select(_ => Task.Run(() => TryPrepare(directory)))];
            OutputDirectory?[] outputs = await Task.WhenAll(jobs).WaitAsync(TimeSpan.FromSeconds(60));

            OutputDirectory winner = Assert.Single(outputs, output => output is not null)!;
            Assert.Equal([winner.StagingPath], Directory.EnumerateDirectories(directory));
            winner.Abort();
        }
    }

    [Fact]
    public void Publish_replaces_the_old_output_when_overwriting()
    {
        using OutputFolder folder = new();
        folder.WriteOld(parts: 3);
        File.WriteAllText(folder.At("out", "notes.txt"), "precious");
        using OutputDirectory output = OutputDirectory.Prepare(folder.Out, OutputFolder.NewJob(), overwrite: true);
        string oldUntilThen = File.ReadAllText(folder.At("out", "part-00002"));

        OutputFolder.Publish(output, "new", parts: 2);

        SortedDictionary<string, string> files = OutputFolder.Files(folder.Out);
        Assert.Equal("old 2", oldUntilThen);
        Assert.Equal(["_SUCCESS", "notes.txt", "part-00000", "part-00001"], files.Keys);
        Assert.Equal("new 0", files["part-00000"]);
        Assert.Equal("precious", files["notes.txt"]);
        Assert.True(SuccessFile.TryRead(folder.Out, out SuccessFile? success));
        Assert.Equal("new", success.Name);
        Assert.Empty(Directory.EnumerateDirectories(folder.Out));
    }

    [Fact]
    public void Publish_refuses_an_output_that_appeared_meanwhile()
    {
        using OutputFolder folder = new();
        using OutputDirectory output = OutputDirectory.Prepare(folder.Out, OutputFolder.NewJob(), overwrite: false);
        File.WriteAllText(folder.At("out", "part-00000"), "foreign");

        OutputRefusedException e = Assert.Throws<OutputRefusedException>(
            () => OutputFolder.Publish(output, "new", parts: 1));
        output.Abort();

        Assert.Equal(OutputRefusal.Exists, e.Reason);
        Assert.Equal([folder.At("out", "part-00000")], Directory.EnumerateFileSystemEntries(folder.Out));
        Assert.Equal("foreign", File.ReadAllText(folder.At("out", "part-00000")));
    }

    [Fact]
    public void Publish_touches_nothing_when_a_winner_has_no_file()
    {
        using OutputFolder folder = new();
        folder.WriteOld(parts: 2);
        SortedDictionary<string, string> before = OutputFolder.Files(folder.Out);
        using OutputDirectory output = OutputDirectory.Prepare(folder.Out, OutputFolder.NewJob(), overwrite: true);
        PublishedPart[] parts = [.. OutputFolder.Write(output, "new", 2), new PublishedPart(2, 1, 0, default)];

        FileNotFoundException e = Assert.Throws<FileNotFoundException>(
            () => output.Publish("new", OutputFolder.Sum(2), parts));
        output.Abort();

        Assert.EndsWith("part-00002.attempt-1", e.FileName, StringComparison.Ordinal);
        Assert.Equal(before, OutputFolder.Files(folder.Out));
    }

    [Fact]
    public void Abort_removes_the_directories_that_prepare_made()
    {
        using OutputFolder folder = new();
        OutputDirectory output = OutputDirectory.Prepare(
            folder.At("a", "b", "out"), OutputFolder.NewJob(), overwrite: false);
        OutputFolder.Write(output, "new", parts: 2);

        output.Dispose();

        Assert.False(Directory.Exists(folder.At("a")));
    }

    [Fact]
    public void Abort_leaves_an_old_output_as_it_was()
    {
        using OutputFolder folder = new();
        folder.WriteOld(parts: 2);
        SortedDictionary<string, string> before = OutputFolder.Files(folder.Out);
        OutputDirectory output = OutputDirectory.Prepare(folder.Out, OutputFolder.NewJob(), overwrite: true);
        OutputFolder.Write(output, "new", parts: 2);

        output.Abort();

        Assert.Equal(before, OutputFolder.Files(folder.Out));
        Assert.Empty(Directory.EnumerateDirectories(folder.Out));
    }

    private static OutputDirectory? TryPrepare(string directory)
    {
        try
        {
            return OutputDirectory.Prepare(directory, OutputFolder.NewJob(), overwrite: false);
        }
        catch (OutputRefusedException e) when (e.Reason == OutputRefusal.InUse)
        {
            return null;
        }
    }
}
