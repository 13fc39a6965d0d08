using System.Text;

namespace Sluice.Jobs.Tests;

public class WordSplitterTests
{
    [Theory]
    [InlineData("", false, "")]
    [InlineData("   \t ", false, "")]
    [InlineData("one", false, "one")]
    [InlineData(" a\tb\vc\fd\re ", false, "a|b|c|d|e")]
    [InlineData("Ab CD é", true, "ab|cd|é")]
    public void Words_end_at_ASCII_white_space(string line, bool ignoreCase, string expected)
    {
        Collected words = new();

        new WordSplitter(ignoreCase).Split(Encoding.UTF8.GetBytes(line), words);

        Assert.Equal(expected, string.Join('|', words.All));
    }

    [Fact]
    public void A_long_word_is_lowered_whole()
    {
        Collected words = new();

        new WordSplitter(true).Split(Encoding.UTF8.GetBytes(new string('A', 5000)), words);

        Assert.Equal(new string('a', 5000), Assert.Single(words.All));
    }

    private sealed class Collected : Emitter<ReadOnlySpan<byte>>
    {
        public List<string> All { get; } = [];

        public override void Emit(ReadOnlySpan<byte> item) => All.Add(Encoding.UTF8.GetString(item));
    }
}
