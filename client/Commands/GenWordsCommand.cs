using System.CommandLine;

namespace Sluice.Client;

/// <summary>`sluice gen words`: lines of words, the frequent ones far more frequent than the rest.</summary>
internal sealed class GenWordsCommand : GenVerb
{
    private const long BytesPerLine = 61;

    private readonly Option<string?> _seed = new("--seed")
    {
        Description = "Chooses the words; the same seed gives the same bytes everywhere [default: 0]",
        HelpName = "N",
    };

    public GenWordsCommand(ConsoleHost host)
        : base(host, "words", "Lines of words from a fixed list, with Zipf's frequencies")
    {
        Add(_seed);
    }

    public override IReadOnlyList<string> Examples => ["sluice gen words --records 1_000_000 --out words.txt --seed 7"];

    protected override long Expect(long records) =>
        records < long.MaxValue / BytesPerLine ? records * BytesPerLine : long.MaxValue;

    protected override GeneratedData Generate(
        VerbCall call,
        long records,
        Stream output,
        IProgress<long> progress,
        CancellationToken cancellationToken)
    {
        WordsOptions options = new() { Records = records, Seed = (ulong)(call.Number(_seed) ?? 0) };
        return WordsGenerator.Write(output, options, progress, cancellationToken);
    }
}
