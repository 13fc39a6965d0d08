using System.Diagnostics;

namespace Sluice.Client.Tests;

/// <summary>Ctrl-C, SIGTERM, a terminal that is closed, a crash, two runs at once, a reader that goes away.</summary>
public sealed class InterruptionTests : ConsoleTest
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(40);

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    public async Task A_signal_in_the_middle_leaves_nothing(string signal, int exitCode)
    {
        await MakeInputAsync();
        using Process process = Start("sort", "in", "--out", "out", "--memory", "2MiB", "--no-progress");
        await WaitForAsync(
            () => Directory.Exists(PathOf("spill")) && Directory.GetDirectories(PathOf("out")).Length > 0);

        Shell($"kill -{signal} {process.Id}");
        await process.WaitForExitAsync().WaitAsync(Deadline);

        Assert.Equal(exitCode, process.ExitCode);
        Assert.False(Directory.Exists(PathOf("out")), "The output is left.");
        AssertNoSpill();
    }

    [Theory]
    [InlineData("sort - --out out")]
    [InlineData("gen gensort --records 100000000 --out made")]
    public async Task A_signal_ends_also_what_waits_or_generates(string call)
    {
        using Process process = Start(call.Split(' '));
        await WaitForAsync(
            () => Directory.Exists(PathOf("spill")) || Directory.GetFiles(PathOf("."), "made*").Length > 0);

        Shell($"kill -INT {process.Id}");
        await process.WaitForExitAsync().WaitAsync(Deadline);

        Assert.Equal(130, process.ExitCode);
        Assert.Empty(Directory.GetFileSystemEntries(PathOf("."), "made*"));
        Assert.False(Directory.Exists(PathOf("out")), "The output is left.");
        AssertNoSpill();
    }

    [Fact]
    public async Task A_terminal_that_is_closed_leaves_nothing()
    {
        await MakeInputAsync();

        // script (1) is the terminal: when it dies, the kernel hangs up and every write to the terminal fails. The
        // shell in it passes the hang-up on, as shells do, and outlives it to tell how the console ended.
        Write("inside", $"""
            SLUICE_SPILL_DIR='{PathOf("spill")}' dotnet '{ConsoleProcess.Library()}' sort in --out out --memory 2MiB &
            trap "kill -HUP $!" HUP
            wait $!
            wait $!
            echo $? > code
            """);
        using Process terminal = Process.Start(
            new ProcessStartInfo("script", ["-qec", "bash inside", "/dev/null"])
            {
                WorkingDirectory = PathOf("."),
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!;
        await WaitForAsync(
            () => Directory.Exists(PathOf("spill")) && Directory.GetDirectories(PathOf("out")).Length > 0);

        terminal.Kill();
        await WaitForAsync(() => File.Exists(PathOf("code")) && File.ReadAllText(PathOf("code")).Length > 0);

        Assert.Equal("129\n", File.ReadAllText(PathOf("code")));
        Assert.False(Directory.Exists(PathOf("out")), "The output is left.");
        AssertNoSpill();
    }

    [Fact]
    public async Task A_hang_up_that_nohup_ignores_stays_ignored()
    {
        await MakeInputAsync();
        using Process process = Process.Start(new ProcessStartInfo(
            "nohup",
            [
                "dotnet", ConsoleProcess.Library(), "sort", "in", "--out", "out", "--memory", "2MiB", "--no-progress",
                "-q", "--spill-dir", "spill",
            ])
        {
            WorkingDirectory = PathOf("."),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await WaitForAsync(
            () => Directory.Exists(PathOf("spill")) && Directory.GetDirectories(PathOf("out")).Length > 0);

        Shell($"kill -HUP {process.Id}");
        Shell($"kill -HUP {process.Id}");
        await process.WaitForExitAsync().WaitAsync(Deadline);

        Assert.Equal(0, process.ExitCode);
        Assert.Equal(new FileInfo(PathOf("in")).Length, Parts().Length);
    }

    [Fact]
    public async Task What_a_killed_process_left_is_gone_after_the_next_run()
    {
        await MakeInputAsync();
        using Process process = Start("sort", "in", "--out", "out", "--memory", "2MiB", "--no-progress");
        await WaitForAsync(() => Directory.Exists(PathOf("spill")) &&
            Directory.GetFiles(PathOf("spill"), "*spill*", SearchOption.AllDirectories).Length > 0);

        Shell($"kill -KILL {process.Id}");
        await process.WaitForExitAsync().WaitAsync(Deadline);
        Assert.True(Directory.Exists(PathOf("spill")), "The kill came too late to leave anything.");

        ConsoleResult next = await Run("sort", "in", "--out", "out", "--memory", "64MiB");

        Assert.Equal(0, next.ExitCode);
        Assert.Equal(new FileInfo(PathOf("in")).Length, Parts().Length);
        AssertNoSpill();
        Assert.DoesNotContain(
            Directory.GetFileSystemEntries(PathOf("out")), path => Path.GetFileName(path).StartsWith('.'));
    }

    [Fact]
    public async Task What_a_killed_process_was_about_to_stream_is_gone_after_the_next_run()
    {
        await MakeInputAsync();
        using Process process = Start("sort", "in", "--out", "-", "--no-progress", "-q");
        await WaitForAsync(
            () => Directory.GetFiles(PathOf("spill"), "_SUCCESS", SearchOption.AllDirectories).Length > 0);

        Shell($"kill -KILL {process.Id}");
        await process.WaitForExitAsync().WaitAsync(Deadline);
        Assert.NotEmpty(Directory.GetFiles(PathOf("spill"), "part-*", SearchOption.AllDirectories));

        ConsoleResult next = await Run("sort", "in", "--out", "out");

        Assert.Equal(0, next.ExitCode);
        AssertNoSpill();
    }

    [Fact]
    public async Task Two_runs_share_a_spill_directory_but_not_an_output()
    {
        await MakeInputAsync();
        using Process first = Start("sort", "in", "--out", "one", "--memory", "2MiB", "--no-progress", "-q");
        await WaitForAsync(() => Directory.Exists(PathOf("one")) && Directory.GetDirectories(PathOf("one")).Length > 0);

        ConsoleResult refused = await Run("sort", "in", "--out", "one", "--memory", "2MiB");
        ConsoleResult second = await Run("sort", "in", "--out", "two", "--memory", "2MiB");
        await first.WaitForExitAsync().WaitAsync(Deadline);

        AssertFails(refused, 5, "SLU1203");
        Assert.Equal((0, 0), (first.ExitCode, second.ExitCode));
        Assert.True(Parts("one").AsSpan().SequenceEqual(Parts("two")), "The two results differ.");
        AssertNoSpill();
    }

    [Fact]
    public async Task A_reader_that_goes_away_ends_the_console_quietly()
    {
        await MakeInputAsync();
        using Process process = Start("sort", "in", "--out", "-", "--no-progress", "-q");

        byte[] start = new byte[100];
        await process.StandardOutput.BaseStream.ReadExactlyAsync(start).AsTask().WaitAsync(Deadline);
        process.StandardOutput.Close();
        string error = await process.StandardError.ReadToEndAsync().WaitAsync(Deadline);
        await process.WaitForExitAsync().WaitAsync(Deadline);

        Assert.Equal((141, ""), (process.ExitCode, error));
        AssertNoSpill();
    }

    private async Task MakeInputAsync() =>
        Assert.Equal(0, (await Run("gen", "gensort", "--records", "400000", "--ascii", "--out", "in")).ExitCode);

    private static async Task WaitForAsync(Func<bool> condition)
    {
        long start = Stopwatch.GetTimestamp();
        while (!Holds(condition))
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Deadline, "What the test waits for does not happen.");
            await Task.Delay(2);
        }
    }

    private static bool Holds(Func<bool> condition)
    {
        try
        {
            return condition();
        }
        catch (DirectoryNotFoundException)
        {
            return false;
        }
    }
}
