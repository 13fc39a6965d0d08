namespace Sluice.Client.Tests;

/// <summary>The console on a terminal: script (1) gives it one.</summary>
public sealed class TerminalTests : ConsoleTest
{
    private const string HideCursor = "\e[?25l";
    private const string ShowCursor = "\e[?25h";

    [Fact]
    public async Task Progress_is_drawn_and_the_cursor_given_back()
    {
        Assert.Equal(0, (await Run("gen", "gensort", "--records", "400000", "--out", "in")).ExitCode);

        string screen = OnTerminal("sort in --out out --format gensort --memory 2MiB", "");

        Assert.Contains(HideCursor, screen, StringComparison.Ordinal);
        Assert.Contains("38.1 MiB", screen, StringComparison.Ordinal);
        Assert.Contains("sort\e[0m succeeded", screen, StringComparison.Ordinal);
        Assert.True(
            screen.LastIndexOf(ShowCursor, StringComparison.Ordinal)
                > screen.LastIndexOf(HideCursor, StringComparison.Ordinal),
            "The cursor stays hidden.");
    }

    [Fact]
    public async Task What_a_job_prints_stands_above_the_progress()
    {
        Assert.Equal(0, (await Run("gen", "gensort", "--records", "400000", "--out", "in")).ExitCode);

        string screen = OnTerminal(
            $"run SortRecords --assembly {UserJobs.Assembly} --arg records=in --arg out=out --memory 2MiB", "");

        string drawn = screen[screen.IndexOf(HideCursor, StringComparison.Ordinal)..];
        Assert.Contains("and so on\r\n", drawn, StringComparison.Ordinal);
        Assert.DoesNotContain(" and so on", drawn, StringComparison.Ordinal);
        Assert.True(screen.Split("and so on\r\n").Length > 40, "Some of what the job printed is not there.");
    }

    [Theory]
    [InlineData("--no-progress --no-color")]
    [InlineData("-q --no-color")]
    public void Nothing_is_drawn_or_coloured_when_nobody_wants_it(string options)
    {
        Write("in", "b\na\n");

        string screen = OnTerminal($"sort in --out out {options}", "");

        Assert.Contains("certificate", screen, StringComparison.Ordinal);
        Assert.DoesNotContain(HideCursor, screen, StringComparison.Ordinal);
        Assert.DoesNotContain("\e[1m", screen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing", "\e[1;31merror[SLU1101]\e[0m")]
    [InlineData("missing --no-color", "error[SLU1101]: ")]
    public void Errors_are_coloured_on_a_terminal_only_when_colours_are_wanted(string arguments, string mark) =>
        Assert.Contains(mark, OnTerminal($"sort {arguments} --out out", ""), StringComparison.Ordinal);

    [Fact]
    public void A_dumb_terminal_gets_no_drawing()
    {
        Write("in", "b\na\n");

        Assert.DoesNotContain(HideCursor, OnTerminal("sort in --out out", "TERM=dumb"), StringComparison.Ordinal);
    }

    private string OnTerminal(string arguments, string environment) => System.Text.Encoding.UTF8.GetString(Shell(
        $"env -u NO_COLOR {(environment.Length == 0 ? "TERM=xterm-256color" : environment)} " +
            $"SLUICE_SPILL_DIR='{PathOf("spill")}' " +
        $"timeout 40 script -qec \"dotnet '{ConsoleProcess.Library()}' {arguments}\" /dev/null < /dev/null"));
}
