namespace Sluice.Client.Tests;

/// <summary>Standard output or error that is closed or full: never a stack trace.</summary>
public sealed class StandardOutputTests : ConsoleTest
{
    [Theory]
    [InlineData("version")]
    [InlineData("config show")]
    [InlineData("verify sort in")]
    [InlineData("gen gensort --records 100000 --out -")]
    [InlineData("sort in --out - -q")]
    public void A_closed_pipe_ends_quietly(string call)
    {
        Write("in", "b\na\n");

        string[] lines = Lines($"({Console(call)} 2>error; echo $? >code) | true; cat code; cat error");

        Assert.Equal(["141"], lines);
    }

    [Theory]
    [InlineData("version")]
    [InlineData("config show")]
    [InlineData("gen gensort --records 1000 --out -")]
    [InlineData("sort in --out - -q")]
    public void A_full_disk_behind_standard_output_is_a_failure_in_three_lines(string call)
    {
        Write("in", "b\na\n");

        string[] lines = Lines($"{Console(call)} 2>error >/dev/full; echo $?; cat error");

        Assert.Equal(("1", 4), (lines[0], lines.Length));
        Assert.StartsWith("error[SLU2202]: ", lines[1], StringComparison.Ordinal);
        Assert.Equal("  --> standard output", lines[2]);
        AssertNoSpill();
    }

    [Theory]
    [InlineData("sort missing --out out", "/dev/full", "4")]
    [InlineData("sort missing --out out", "&-", "4")]
    [InlineData("sort in --out - --spill-dir spill", "/dev/full", "0")]
    public void Standard_error_that_takes_nothing_does_not_decide_how_the_console_ends(
        string call, string error, string code)
    {
        Write("in", "b\na\n");

        string[] lines = Lines($"{Console(call)} 2>{error} >data; echo $?");

        Assert.Equal([code], lines);
        Assert.Equal(code == "0" ? "a\nb\n" : "", File.ReadAllText(PathOf("data")));
        AssertNoSpill();
    }

    private string Console(string call) =>
        $"SLUICE_SPILL_DIR='{PathOf("spill")}' dotnet '{ConsoleProcess.Library()}' {call}";
}
