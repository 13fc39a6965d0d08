namespace Sluice.Client.Tests;

public sealed class SuggestionTests
{
    private const string Letters = "ab";

    [Theory]
    [InlineData("srot", "sort")]
    [InlineData("sortt", "sort")]
    [InlineData("SORT", "sort")]
    [InlineData("wrdcount", "wordcount")]
    [InlineData("--overwrit", "--overwrite")]
    [InlineData("--spill-dri", "--spill-dir")]
    public void Nearest_finds_the_word_that_was_meant(string typed, string meant) => Assert.Equal(
        meant,
        Suggestion.Nearest(typed, ["gen", "verify", "wordcount", "sort", "--overwrite", "--out", "--spill-dir"]));

    [Theory]
    [InlineData("x")]
    [InlineData("banana")]
    [InlineData("")]
    public void Nearest_says_nothing_when_no_word_is_near(string typed) =>
        Assert.Null(Suggestion.Nearest(typed, ["sort", "wordcount", "verify"]));

    [Fact]
    public void Edits_is_the_least_number_of_steps_between_all_short_words()
    {
        string[] words = [.. Words(4)];

        Assert.All(
            words, from => Assert.All(words, to => Assert.Equal(ByDefinition(from, to), Suggestion.Edits(from, to))));
    }

    // Optimal string alignment, straight from its recurrence.
    private static int ByDefinition(string from, string to)
    {
        if (from.Length == 0 || to.Length == 0)
        {
            return from.Length + to.Length;
        }

        int best = Math.Min(ByDefinition(from[..^1], to), ByDefinition(from, to[..^1])) + 1;
        best = Math.Min(best, ByDefinition(from[..^1], to[..^1]) + (from[^1] == to[^1] ? 0 : 1));
        bool isSwap = from.Length > 1 && to.Length > 1 && from[^1] == to[^2] && from[^2] == to[^1];
        return isSwap ? Math.Min(best, ByDefinition(from[..^2], to[..^2]) + 1) : best;
    }

    private static IEnumerable<string> Words(int longest)
    {
        List<string> words = [""];
        for (int at = 0; at < words.Count; at++)
        {
            if (words[at].Length < longest)
            {
                words.AddRange(Letters.Select(letter => words[at] + letter));
            }
        }

        return words;
    }
}
