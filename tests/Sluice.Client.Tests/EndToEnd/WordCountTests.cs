using System.Text;

namespace Sluice.Client.Tests;

public sealed class WordCountTests : ConsoleTest
{
    private const string ShellCount = "tr -s ' \\t\\v\\f\\r' '\\n' < in | grep -v '^$' | sort | uniq -c | sed -E 's/^ *([0-9]+) (.*)/\\2\\t\\1/'";

    [Fact]
    public async Task Word_count_is_what_tr_sort_and_uniq_make()
    {
        Assert.Equal(0, (await Run("gen", "words", "--records", "60000", "--seed", "5", "--out", "in")).ExitCode);

        ConsoleResult result = await Run("wordcount", "in", "--out", "out", "--memory", "3MiB", "--partitions", "3");

        Assert.Equal(0, result.ExitCode);
        string[] counted = [.. Encoding.UTF8.GetString(Parts()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];
        string[] expected = [.. Encoding.UTF8.GetString(Shell(ShellCount)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];
        Assert.Equal(expected, counted);
    }

    [Fact]
    public async Task Top_and_ignore_case_print_the_largest_counts()
    {
        Write("in", "The cat\tthe DOG\r\nthe end\fend  the\n");

        ConsoleResult result = await Run("wordcount", "in", "--out", "-", "--top", "3", "--ignore-case", "-q");

        Assert.Equal((0, "the\t4\nend\t2\ncat\t1\n"), (result.ExitCode, result.Text));
    }
}
