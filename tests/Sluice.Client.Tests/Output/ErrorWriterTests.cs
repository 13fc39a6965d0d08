using Sluice.Jobs;

namespace Sluice.Client.Tests;

public sealed class ErrorWriterTests
{
    private static readonly SluiceError Error = new(
        "SLU1201", ErrorKind.Conflict, "the output\nexists", "/data/out", "choose\r\nanother");

    [Fact]
    public void Write_makes_three_lines_whatever_the_texts_hold()
    {
        StringWriter writer = new() { NewLine = "\n" };

        ErrorWriter.Write(writer, Error, hasColor: false, cause: null);

        Assert.Equal("error[SLU1201]: the output exists\n  --> /data/out\nhelp: choose another\n", writer.ToString());
    }

    [Fact]
    public void Write_adds_the_cause_when_it_was_asked_for()
    {
        StringWriter writer = new() { NewLine = "\n" };

        ErrorWriter.Write(writer, Error, hasColor: false, new InvalidOperationException("deep inside"));

        Assert.Contains("InvalidOperationException: deep inside", writer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_colours_the_marks_and_not_the_texts()
    {
        StringWriter writer = new() { NewLine = "\n" };

        ErrorWriter.Write(writer, Error, hasColor: true, cause: null);

        Assert.StartsWith(
            "\e[1;31merror[SLU1201]\e[0m: the output exists\n", writer.ToString(), StringComparison.Ordinal);
    }
}
