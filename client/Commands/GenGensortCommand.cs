using System.CommandLine;

namespace Sluice.Client;

/// <summary>`sluice gen gensort`: the public sort generator's records.</summary>
internal sealed class GenGensortCommand : GenVerb
{
    private readonly Option<bool> _ascii = new("--ascii") { Description = "Printable records" };

    private readonly Option<string?> _start = new("--start")
    {
        Description = "Number of the first record [default: 0]",
        HelpName = "N",
    };

    private readonly Option<bool> _skew = new("--skew") { Description = "Give half of the records one of eight keys" };

    public GenGensortCommand(ConsoleHost host)
        : base(host, "gensort", "100-byte records of the public sort generator")
    {
        Add(_ascii);
        Add(_start);
        Add(_skew);
    }

    public override IReadOnlyList<string> Examples => ["sluice gen gensort --records 10_000_000 --out input.bin"];

    protected override long Expect(long records) => records < long.MaxValue / GensortGenerator.RecordLength
        ? records * GensortGenerator.RecordLength
        : long.MaxValue;

    protected override GeneratedData Generate(
        VerbCall call,
        long records,
        Stream output,
        IProgress<long> progress,
        CancellationToken cancellationToken)
    {
        GensortOptions options = new()
        {
            Records = records,
            Start = call.Number(_start) ?? 0,
            Ascii = call.Parse.GetValue(_ascii),
            Skew = call.Parse.GetValue(_skew),
        };
        return GensortGenerator.Write(output, options, progress, cancellationToken);
    }
}
