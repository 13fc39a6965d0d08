using System.Text;

namespace Sluice.Client.Tests;

/// <summary>Standard output that is closed or full: never a stack trace.</summary>
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

    private string Console(string call) =>
        $"SLUICE_SPILL_DIR='{PathOf("spill")}' dotnet '{ConsoleProcess.Library()}' {call}";

    private string[] Lines(string command) =>
        Encoding.UTF8.GetString(Shell(command)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
