using System.Text;

namespace Sluice.Client.Tests;

public sealed class WordCountTests : ConsoleTest
{
    private const string ShellCount =
        "tr -s ' \\t\\v\\f\\r' '\\n' < in | grep -v '^$' | sort | uniq -c | sed -E 's/^ *([0-9]+) (.*)/\\2\\t\\1/'";

    [Fact]
    public async Task Word_count_is_what_tr_sort_and_uniq_make()
    {
        Assert.Equal(0, (await Run("gen", "words", "--records", "60000", "--seed", "5", "--out", "in")).ExitCode);

        ConsoleResult result = await Run("wordcount", "in", "--out", "out", "--memory", "3MiB", "--partitions", "3");

        Assert.Equal(0, result.ExitCode);
        string[] counted =
            [.. Encoding.UTF8.GetString(Parts()).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Order(StringComparer.Ordinal)];
        string[] expected = [.. Lines(ShellCount).Order(StringComparer.Ordinal)];
        Assert.Equal(expected, counted);
    }

    [Fact]
    public async Task Top_and_ignore_case_print_the_largest_counts()
    {
        Write("in", "The cat\tthe DOG\r\nthe end\fend  the\n");

        ConsoleResult result = await Run("wordcount", "in", "--out", "-", "--top", "3", "--ignore-case", "-q");

        Assert.Equal((0, "the\t4\nend\t2\ncat\t1\n"), (result.ExitCode, result.Text));
    }

    [Theory]
    [Seeded(1, false, Long = 10)]
    [Seeded(2, true, Long = 10)]
    public async Task Word_count_of_any_bytes_is_what_a_dictionary_counts(int seed, bool ignoreCase)
    {
        Random random = new(seed);
        byte[] bytes = new byte[600_000];
        for (int i = 0; i < bytes.Length; i++)
        {
            // Few letters make words that come again; the rest is anything, zero bytes and all white space too.
            bytes[i] = random.Next(8) == 0 ? (byte)random.Next(256) : (byte)"aAbB \n"[random.Next(6)];
        }

        Write("in", bytes);
        string[] options = ignoreCase ? ["--ignore-case"] : [];

        ConsoleResult result = await Run(
            ["wordcount", "in", "--out", "out", "--memory", "3MiB", "--partitions", "3", .. options]);

        Assert.Equal(0, result.ExitCode);
        // Latin-1 keeps every byte a character.
        string[] counted =
            [.. Encoding.Latin1.GetString(Parts()).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Order(StringComparer.Ordinal)];
        Assert.Equal(CountNaively(bytes, ignoreCase), counted);
        AssertNoSpill();
    }

    private static string[] CountNaively(byte[] bytes, bool ignoreCase)
    {
        string text = Encoding.Latin1.GetString(bytes);
        return
        [
            .. text.Split([' ', '\t', '\n', '\v', '\f', '\r'], StringSplitOptions.RemoveEmptyEntries)
                .Select(word => ignoreCase
                    ? string.Concat(word.Select(c => char.IsAsciiLetterUpper(c) ? char.ToLowerInvariant(c) : c))
                    : word)
                .GroupBy(word => word, StringComparer.Ordinal)
                .Select(group => $"{group.Key}\t{group.Count()}")
                .Order(StringComparer.Ordinal),
        ];
    }
}
