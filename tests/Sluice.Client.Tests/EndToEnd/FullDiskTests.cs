using System.Diagnostics;

namespace Sluice.Client.Tests;

/// <summary>Disks with too little room, at the start and on the way.</summary>
public sealed class FullDiskTests : ConsoleTest
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(50);

    [Fact]
    public async Task A_spill_directory_with_too_little_room_is_refused_before_anything_runs()
    {
        await OnSmallDiskAsync("small", "1m", async () =>
        {
            WriteLines();

            ConsoleResult result = await Run("sort", "in", "--out", "out", "--memory", "2MiB", "--spill-dir", "small");

            AssertFails(result, 1, "SLU1303");
        });
    }

    [Fact]
    public async Task A_job_that_may_do_with_less_room_runs_and_is_warned_of()
    {
        await OnSmallDiskAsync("small", "1m", async () =>
        {
            Write("in", string.Concat(Enumerable.Repeat("the same words on every line\n", 100_000)));

            ConsoleResult result = await Run(
                "wordcount", "in", "--out", "out", "--memory", "2MiB", "--spill-dir", "small");

            Assert.Equal(0, result.ExitCode);
            Assert.Contains("needs less the more of its keys are equal", result.Error, StringComparison.Ordinal);
            Assert.Contains("words\t100000", File.ReadAllText(PathOf("out/part-00000")), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_disk_that_stays_full_fails_the_job_and_is_empty_again()
    {
        await OnSmallDiskAsync("small", "1m", async () =>
        {
            WriteLines();

            ConsoleResult result = await Run(
                "sort", "in", "--out", "small/out", "--memory", "2MiB", "--no-progress", "--disk-wait", "300ms");

            AssertFails(result, 1, "SLU1305");
            Assert.Empty(Directory.GetFileSystemEntries(PathOf("small")));
            AssertNoSpill();
        });
    }

    [Theory]
    [InlineData("demo")]
    [InlineData("bench shuffle")]
    public async Task A_disk_that_is_full_before_the_generated_input_is_there_is_said(string call)
    {
        await OnSmallDiskAsync("small", "1m", async () =>
        {
            ConsoleResult result = await Run([.. call.Split(' '), "--spill-dir", "small"]);

            AssertFails(result, 1, "SLU2202");
            Assert.Empty(Directory.GetFileSystemEntries(PathOf("small")));
        });
    }

    [Fact]
    public async Task A_disk_that_gets_room_in_time_lets_the_job_go_on()
    {
        await OnSmallDiskAsync("small", "8m", async () =>
        {
            WriteLines();
            Shell("head -c 6M /dev/zero > small/filler");
            using Process process = Start(
                "sort", "in", "--out", "small/out", "--memory", "2MiB", "--disk-wait", "10min");
            await AwaitFullDiskAsync(process);

            File.Delete(PathOf("small/filler"));
            Task<string> rest = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync().WaitAsync(Deadline);

            Assert.Equal(0, process.ExitCode);
            Assert.True(
                Shell("sort in").AsSpan().SequenceEqual(Parts("small/out")), "The parts are not what sort prints.");
            Assert.Contains("for room on a full disk", await rest, StringComparison.Ordinal);
            AssertNoSpill();
        });
    }

    [Fact]
    public async Task A_disk_without_room_for_another_file_lets_the_job_go_on_in_time()
    {
        // Its root, four fillers, and what a job has before its first part: two directories and three files.
        await OnSmallDiskAsync("small", "8m,nr_inodes=10", async () =>
        {
            Write("in", "b\na\n");
            Shell("touch small/{1,2,3,4}");
            using Process process = Start("sort", "in", "--out", "small/out", "--disk-wait", "10min");
            string paused = await AwaitFullDiskAsync(process);

            Shell("rm small/{1,2,3,4}");
            await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync().WaitAsync(Deadline);

            Assert.Contains("/part-00000", paused, StringComparison.Ordinal);
            Assert.Equal(0, process.ExitCode);
            Assert.Equal("a\nb\n", System.Text.Encoding.ASCII.GetString(Parts("small/out")));
        });
    }

    [Fact]
    public async Task A_signal_ends_a_job_that_waits_for_room()
    {
        await OnSmallDiskAsync("small", "1m", async () =>
        {
            WriteLines();
            using Process process = Start(
                "sort", "in", "--out", "small/out", "--memory", "2MiB", "--disk-wait", "10min");
            await AwaitFullDiskAsync(process);

            Shell($"kill -INT {process.Id}");
            await process.WaitForExitAsync().WaitAsync(Deadline);

            Assert.Equal(130, process.ExitCode);
            Assert.Empty(Directory.GetFileSystemEntries(PathOf("small")));
            AssertNoSpill();
        });
    }

    // Lines of progress may come first.
    private static async Task<string> AwaitFullDiskAsync(Process process)
    {
        string line = "";
        while (!line.Contains("is full; waiting for room", StringComparison.Ordinal))
        {
            line = await process.StandardError.ReadLineAsync().WaitAsync(Deadline) ??
                throw new InvalidOperationException("The process ended without waiting for room.");
        }

        return line;
    }

    private void WriteLines() => Write("in", string.Concat(Enumerable.Repeat("0123456789\n", 500_000)));

    private async Task OnSmallDiskAsync(string name, string size, Func<Task> test)
    {
        string mount = PathOf(name);
        Directory.CreateDirectory(mount);
        using Process made = Process.Start("bash", ["-c", $"mount -t tmpfs -o size={size} none '{mount}' 2>/dev/null"]);
        await made.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
        Assert.SkipWhen(made.ExitCode != 0, "a small file system can only be mounted as root");
        try
        {
            await test();
        }
        finally
        {
            Shell($"umount '{mount}'");
        }
    }
}
