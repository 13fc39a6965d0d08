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
    public void Words_are_those_between_white_space_wherever_they_cross_64_bytes()
    {
        Random random = new(2);
        for (int length = 0; length < 300; length++)
        {
            // Every byte there is, white space more often than others.
            byte[] line =
                [.. Enumerable.Range(0, length)
                    .Select(_ => random.Next(4) == 0 ? " \t\v\f\r\n"u8[random.Next(6)] : (byte)random.Next(256))];
            Collected words = new();

            new WordSplitter(false).Split(line, words);

            Assert.Equal(
                Encoding.Latin1.GetString(line).Split(
                    [' ', '\t', '\v', '\f', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries)
                    .Select(word => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(word))),
                words.All);
        }
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
