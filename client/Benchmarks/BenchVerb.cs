using System.CommandLine;
using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Sluice.Jobs;
using Spectre.Console;

namespace Sluice.Client;

/// <summary>A benchmark: some rounds, their median, and a comparison with an earlier result.</summary>
/// <typeparam name="TResult">What it prints.</typeparam>
internal abstract class BenchVerb<TResult> : Verb
    where TResult : class, IBenchResult
{
    private const int DefaultRounds = 3;
    private const int MostRounds = 1000;

    private readonly Option<string?> _rounds = new("--rounds")
    {
        Description = $"Rounds that count, after one of warm-up [default: {DefaultRounds}]",
        HelpName = "N",
    };

    private readonly Option<string?> _compare = new("--compare")
    {
        Description = "An earlier result, as -o json prints it",
        HelpName = "FILE",
    };

    private readonly Option<string?> _failOver = new("--fail-over")
    {
        Description = "How much slower than that ends with 7 [default: 10%]",
        HelpName = "SHARE",
    };

    protected BenchVerb(ConsoleHost host, string name, string description)
        : base(host, name, description)
    {
        Add(_rounds);
        Add(_compare);
        Add(_failOver);
    }

    public override IReadOnlyList<string> Examples =>
    [
        $"sluice bench {Name} -o json > before.json",
        $"sluice bench {Name} --compare before.json --fail-over 10%",
    ];

    protected override async Task<int> RunAsync(VerbCall call, CancellationToken cancellationToken)
    {
        int rounds = (int)CountOf(call, _rounds, DefaultRounds, MostRounds);
        BenchComparison<TResult>? comparison = BenchComparison<TResult>.Read(
            Name,
            call.Parse.GetValue(_compare),
            call.Parse.GetValue(_failOver),
            _failOver.Name,
            TypeOf(ConsoleJson.Default));
        TResult result = await MeasureAsync(call, rounds, cancellationToken);
        call.Printer.Print(result, TypeOf, console => Write(console, result));
        comparison?.Check(call, result);
        return 0;
    }

    /// <summary>The shape of the result in a JSON context.</summary>
    protected abstract JsonTypeInfo<TResult> TypeOf(ConsoleJson json);

    /// <summary>Runs a round of warm-up and those that count.</summary>
    protected abstract Task<TResult> MeasureAsync(VerbCall call, int rounds, CancellationToken cancellationToken);

    /// <summary>Prints it for people.</summary>
    protected abstract void Write(IAnsiConsole console, TResult result);

    /// <summary>A number from 1 on.</summary>
    /// <exception cref="SluiceException">It is not one.</exception>
    protected static long CountOf(VerbCall call, Option<string?> option, long byDefault, long most) =>
        UsageCheck.RequireCount(call.Number(option) ?? byDefault, most, option.Name);

    /// <summary>Runs a round of warm-up and those that count, which are returned.</summary>
    /// <param name="rounds">How many count.</param>
    /// <param name="measure">Runs one; gets its number, which is 0 for the warm-up.</param>
    protected static async Task<IReadOnlyList<TRound>> RunRoundsAsync<TRound>(
        int rounds, Func<int, Task<TRound>> measure)
    {
        List<TRound> measured = [];
        for (int round = 0; round < IBenchResult.WarmUpRounds + rounds; round++)
        {
            TRound found = await measure(round);
            if (round >= IBenchResult.WarmUpRounds)
            {
                measured.Add(found);
            }
        }

        return measured;
    }

    /// <summary>A table of rounds with their median below.</summary>
    protected static void WriteRounds<TRound>(
        IAnsiConsole console,
        IReadOnlyList<string> headings,
        IEnumerable<TRound> rounds,
        TRound median,
        Func<TRound, IReadOnlyList<string>> cells)
    {
        IEnumerable<(string Name, TRound Round)> rows = rounds
            .Select((round, index) => ((index + 1).ToString(CultureInfo.InvariantCulture), round))
            .Append(("median", median));
        Tables.Rows(
            console,
            ["round", .. headings],
            rows.Select(row => (IReadOnlyList<string>)[row.Name, .. cells(row.Round)]));
    }
}
