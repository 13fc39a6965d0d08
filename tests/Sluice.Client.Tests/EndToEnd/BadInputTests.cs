using System.Diagnostics;

namespace Sluice.Client.Tests;

/// <summary>Everything that an input or an output can be wrong with; each leaves all as it was.</summary>
public sealed class BadInputTests : ConsoleTest
{
    [Fact]
    public async Task A_directory_with_a_subdirectory_is_refused()
    {
        Write("dir/sub/file", "x\n");

        AssertFails(await Run("sort", "dir", "--out", "out"), 1, "SLU1103");
    }

    [Fact]
    public async Task A_pipe_and_a_device_are_refused_without_waiting_for_them()
    {
        Shell("mkdir dir && mkfifo dir/pipe");

        AssertFails(await Run("sort", "dir", "--out", "out"), 1, "SLU1103");
        AssertFails(await Run("sort", "dir/pipe", "--out", "out"), 1, "SLU1103");
        AssertFails(await Run("sort", "/dev/zero", "--out", "out"), 1, "SLU1103");
    }

    [Fact]
    public async Task A_compressed_file_is_said_and_not_sorted_as_bytes()
    {
        Write("in", "b\na\n");
        Shell("gzip in");

        AssertFails(await Run("sort", "in.gz", "--out", "out"), 1, "SLU1104");
    }

    [Theory]
    [InlineData("truncate -s 1000000 in")]
    [InlineData("head -c 1000000 in > more && cat more >> in")]
    public async Task A_file_that_changes_while_it_is_read_fails_the_job(string change)
    {
        Shell("yes 'a line of the input that is long enough to take a while' 2>/dev/null | head -c 150000000 > in");
        using Process process = Start("sort", "in", "--out", "out", "--memory", "4MiB", "--no-progress");
        while (!process.HasExited
            && !(Directory.Exists(PathOf("out")) && Directory.GetDirectories(PathOf("out")).Length > 0))
        {
            await Task.Delay(2);
        }

        Shell(change);
        string error = await process.StandardError.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(50));
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(50));

        Assert.Equal((1, 3), (process.ExitCode, error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length));
        Assert.StartsWith("error[SLU1106]: ", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(PathOf("out")), "The output is left.");
        AssertNoSpill();
    }

    [Theory]
    [InlineData("</", "cannot be read")]
    [InlineData("<&-", "is closed")]
    [InlineData("<&- >&-", "is closed")]
    public void Standard_input_that_is_a_directory_or_closed_is_refused(string redirection, string why)
    {
        string[] lines = Lines(
            $"SLUICE_SPILL_DIR='{PathOf("spill")}' timeout -s KILL 40 " +
                $"dotnet '{ConsoleProcess.Library()}' sort - --out out 2>error {redirection}; echo $?; cat error");

        Assert.Equal(("2", 4), (lines[0], lines.Length));
        Assert.StartsWith($"error[SLU2011]: standard input {why}", lines[1], StringComparison.Ordinal);
        AssertNoSpill();
    }

    [Fact]
    public void Standard_input_that_another_descriptor_reads_too_is_read()
    {
        Shell(
            $"printf 'b\\na\\n' | (exec 3<&0; SLUICE_SPILL_DIR='{PathOf("spill")}' timeout -s KILL 40 " +
                $"dotnet '{ConsoleProcess.Library()}' sort - --out out 2>error)");

        Assert.Equal("a\nb\n"u8.ToArray(), Parts());
    }

    [Theory]
    [InlineData("loop")]
    [InlineData("dir")]
    public async Task A_link_to_itself_is_an_unreadable_input(string input)
    {
        Shell("mkdir dir; ln -s loop loop; ln -s loop dir/loop");

        ConsoleResult result = await Run("sort", input, "--out", "out");

        AssertFails(result, 1, "SLU1102");
        Assert.Contains("loop", result.ErrorLines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_torn_gensort_file_is_refused()
    {
        Write("in", new byte[250]);

        AssertFails(await Run("sort", "in", "--out", "out", "--format", "gensort"), 1, "SLU1105");
    }

    [Fact]
    public async Task An_output_that_exists_is_refused_and_overwrite_replaces_it()
    {
        Write("in", "b\na\n");
        Assert.Equal(0, (await Run("sort", "in", "--out", "out")).ExitCode);
        Write("in", "d\nc\n");

        AssertFails(await Run("sort", "in", "--out", "out"), 5, "SLU1201");
        Assert.Equal("a\nb\n"u8.ToArray(), Parts());

        Assert.Equal(0, (await Run("sort", "in", "--out", "out", "--overwrite")).ExitCode);
        Assert.Equal("c\nd\n"u8.ToArray(), Parts());
    }

    [Fact]
    public async Task An_output_inside_the_input_is_refused()
    {
        Write("dir/in", "b\na\n");

        AssertFails(await Run("sort", "dir", "--out", "dir/out"), 5, "SLU1202");
        Assert.False(Directory.Exists(PathOf("dir/out")));
    }

    [Fact]
    public async Task A_line_beyond_half_the_memory_names_the_memory_it_needs()
    {
        Write("in", "a\n" + new string('x', 3_000_000) + "\n");

        ConsoleResult result = await Run("sort", "in", "--out", "out", "--memory", "2MiB", "--no-progress");

        AssertFails(result, 1, "SLU1107");
        Assert.Contains("byte 2", result.ErrorLines[1], StringComparison.Ordinal);
        Assert.Contains("--memory 12MiB", result.ErrorLines[2], StringComparison.Ordinal);
        AssertNoSpill();
        Assert.Equal(0, (await Run("sort", "in", "--out", "out", "--memory", "12MiB")).ExitCode);
    }

    [Fact]
    public async Task A_spill_directory_that_is_a_file_is_refused()
    {
        Write("in", "a\n");
        Write("file", "");

        AssertFails(await Run("sort", "in", "--out", "out", "--spill-dir", "file"), 2, "SLU1304");
    }

    [Theory]
    [InlineData("dir")]
    [InlineData("dir/*")]
    public async Task A_name_that_is_not_utf_8_is_said(string input)
    {
        Shell("mkdir dir; echo a > $'dir/a\\xff'");

        ConsoleResult result = await Run("sort", input, "--out", "out");

        // The runtime cannot name it either, to remove it with the test's folder.
        Shell("rm -r dir");
        AssertFails(result, 1, "SLU1103");
        Assert.Contains("UTF-8", result.ErrorLines[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sort in --out $'out\\xff'")]
    [InlineData("sort in --out $'\\xff/out'")]
    [InlineData("sort in --out out --spill-dir $'spill\\xff'")]
    [InlineData("sort $'in\\xff' --out out")]
    [InlineData("gen gensort --records 1 --out $'out\\xff'")]
    [InlineData("verify sort $'in\\xff'")]
    public void A_path_that_is_not_utf_8_is_said_before_anything_is_made(string call)
    {
        Write("in", "a\n");

        string[] lines = Lines($"dotnet '{ConsoleProcess.Library()}' {call} 2>&1; echo $?; ls");

        Assert.StartsWith("error[SLU2004]: ", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("is not a path whose bytes are UTF-8", lines[0], StringComparison.Ordinal);
        Assert.Equal(["2", "in"], lines[3..]);
    }

    [Fact]
    public void A_name_that_holds_the_character_put_for_what_is_not_utf_8_is_read()
    {
        Write("in\uFFFD", "b\na\n");

        Assert.Equal(
            ["a", "b"],
            Lines($"dotnet '{ConsoleProcess.Library()}' sort $'in\\xef\\xbf\\xbd' --out - --no-progress 2>error"));
    }

    [Theory]
    [InlineData("dir")]
    [InlineData("dir/*")]
    [InlineData("d*/*")]
    public void A_directory_that_may_not_be_read_is_an_unreadable_input(string input)
    {
        Assert.SkipUnless(
            Shell("setpriv --reuid 65534 --regid 65534 --clear-groups echo x 2>&1").Length == 2,
            "Only root can become someone who may not read it.");
        Shell("mkdir dir out; echo a > dir/in; chmod 000 dir; chmod 777 out; chmod 755 .");

        string[] lines = Lines(
            "setpriv --reuid 65534 --regid 65534 --clear-groups env HOME=$PWD/out TMPDIR=$PWD/out " +
                $"dotnet '{ConsoleProcess.Library()}' sort '{input}' --out out/sorted 2>&1; echo $?");

        Assert.StartsWith("error[SLU1102]: ", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("/dir", lines[1], StringComparison.Ordinal);
        Assert.Equal(("1", 4), (lines[^1], lines.Length));
    }

    [Theory]
    [InlineData("version", 0)]
    [InlineData("sort in --out out", 2)]
    [InlineData("verify sort in", 2)]
    [InlineData("gen words --records 1 --out made", 2)]
    [InlineData("gen words --records 1 --out - -q", 0)]
    public void A_current_directory_that_was_removed_is_said(string call, int code)
    {
        string[] lines = Lines(
            $"mkdir gone; cd gone; rmdir ../gone; dotnet '{ConsoleProcess.Library()}' {call} 2>&1; echo $?");

        Assert.Equal($"{code}", lines[^1]);
        Assert.Equal(code == 0 ? 2 : 4, lines.Length);
        Assert.Equal(code == 2, lines[0].StartsWith("error[SLU2004]: ", StringComparison.Ordinal));
    }
}
