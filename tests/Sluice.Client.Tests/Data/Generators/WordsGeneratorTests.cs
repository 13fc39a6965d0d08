using System.Security.Cryptography;
using System.Text;

namespace Sluice.Client.Tests;

public sealed class WordsGeneratorTests
{
    [Theory]
    [InlineData(0, "aebdd97114e26844b503ccc47113e5a65b24e4ffb8a4bdf488ea738e02ac092c")]
    [InlineData(7, "8c7729af85740a5a6897b7e695f6b88fd0aa01d50814cec2ea470d4ac73fcc5c")]
    public void Write_gives_the_pinned_bytes(ulong seed, string sha256)
    {
        byte[] bytes = Generate(new WordsOptions { Records = 20_000, Seed = seed });

        Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    [Fact]
    public void The_word_list_has_32768_distinct_words_of_letters()
    {
        string[] words = WordList.Build();

        Assert.Equal(32_768, words.Distinct().Count());
        Assert.All(words, word => Assert.Matches("^[a-z]{2,10}$", word));
    }

    [Fact]
    public void Write_gives_the_same_bytes_with_any_number_of_threads()
    {
        WordsOptions options = new() { Records = 50_000, Seed = 3, Parallelism = 1 };

        byte[] alone = Generate(options);
        byte[] together = Generate(options with { Parallelism = 5 });

        Assert.Equal(alone, together);
    }

    [Fact]
    public void Fewer_lines_are_the_beginning_of_more()
    {
        byte[] few = Generate(new WordsOptions { Records = 9_000, Seed = 5 });
        byte[] more = Generate(new WordsOptions { Records = 20_000, Seed = 5 });

        Assert.Equal(few, more[..few.Length]);
    }

    [Fact]
    public void Lines_have_5_to_15_words_and_10_on_average()
    {
        string[] lines = Lines(new WordsOptions { Records = 20_000, Seed = 1 });
        int[] counts = [.. lines.Select(line => line.Split(' ').Length)];

        Assert.Equal(20_000, lines.Length);
        Assert.Equal(5, counts.Min());
        Assert.Equal(15, counts.Max());
        Assert.InRange(counts.Average(), 9.9, 10.1);
    }

    [Fact]
    public void Words_have_the_frequencies_of_Zipf()
    {
        string[] list = WordList.Build();
        Dictionary<string, int> counts = Lines(new WordsOptions { Records = 100_000, Seed = 2 })
            .SelectMany(line => line.Split(' ')).CountBy(word => word).ToDictionary();
        double total = counts.Values.Sum();
        double harmonicSum = Enumerable.Range(1, list.Length).Sum(rank => 1.0 / rank);

        Assert.Subset(list.ToHashSet(), counts.Keys.ToHashSet());
        foreach (int rank in (int[])[1, 2, 3, 10, 100])
        {
            double expected = total / (rank * harmonicSum);
            Assert.InRange(counts[list[rank - 1]], expected * 0.9, expected * 1.1);
        }
    }

    [Fact]
    public void Weights_add_up_exactly_and_fall_with_the_rank()
    {
        ulong[] weights = WordSampler.Weights(WordList.Count);

        Assert.Equal((ulong)WordList.Count << 32, weights.Aggregate((sum, weight) => sum + weight));
        Assert.Equal(weights.OrderDescending(), weights);
        Assert.InRange((double)weights[0] / weights[1], 1.999, 2.001);
    }

    [Fact]
    public void Write_gives_the_sum_that_the_verifier_finds()
    {
        using TemporaryDirectory directory = new();
        string path = directory.File("words");

        GeneratedData data = WordsGenerator.Write(path, new WordsOptions { Records = 10_000, Seed = 4 });
        VerifyReport report = SortVerifier.Verify([path], new VerifyOptions());

        Assert.Equal(data.Checksum, report.Checksum);
        Assert.Equal(data.Records, report.Records);
        Assert.Equal(data.Bytes, report.Bytes);
    }

    private static string[] Lines(WordsOptions options) =>
        Encoding.ASCII.GetString(Generate(options)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static byte[] Generate(WordsOptions options)
    {
        using MemoryStream output = new();
        WordsGenerator.Write(output, options);
        return output.ToArray();
    }
}
