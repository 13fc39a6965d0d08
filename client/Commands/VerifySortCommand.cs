using System.CommandLine;
using System.Diagnostics;
using Sluice.Engine;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>`sluice verify`: reads results again.</summary>
internal sealed class VerifyCommand : Command
{
    public VerifyCommand(ConsoleHost host)
        : base("verify", "Read results again and check them")
    {
        Add(new VerifySortCommand(host));
    }
}

/// <summary>
/// `sluice verify sort PATH...`: order, records, duplicate keys and the sum that the generator prints; exit 7 when out
/// of order.
/// </summary>
internal sealed class VerifySortCommand : Verb
{
    private readonly Argument<string[]> _paths = new("PATH")
    {
        Description = "Directories of parts, files or patterns; together one sequence, in the order named",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> _format = FormatOptions.Format();

    private readonly Option<string?> _key = FormatOptions.Key();

    public VerifySortCommand(ConsoleHost host)
        : base(host, "sort", "Check that records are in order, and count and sum them")
    {
        Add(_paths);
        Add(_format);
        Add(_key);
    }

    public override IReadOnlyList<string> Examples => ["sluice verify sort sorted --format gensort"];

    /// <summary>What verification found, as JSON shows it.</summary>
    public static VerificationJson Describe(VerifyReport report, double seconds) => new(
        "sluice.verification/1",
        report.IsOrdered,
        report.Files,
        report.Records,
        report.Bytes,
        report.Unordered,
        report.DuplicateKeys,
        report.ChecksumText,
        report.FirstUnordered is UnorderedPlace place
            ? new FirstUnorderedJson(place.File, place.Record, place.Offset)
            : null,
        seconds);

    protected override async Task<int> RunAsync(VerbCall call, CancellationToken cancellationToken)
    {
        RecordFormat format = FormatOptions.ReadFormat(call.Parse.GetValue(_format)!);
        VerifyOptions options = OptionsOf(format, call.Parse.GetValue(_key));
        string[] typed = call.Parse.GetValue(_paths)!;
        if (typed.Contains(JobOrder.Stream))
        {
            throw new SluiceException(ConsoleErrors.BadStandardInput(
                "standard input cannot be verified: it is read in pieces, by several threads", "name files"));
        }

        string[] paths =
        [
            .. typed
                .Select(path => Path.GetFullPath(UsageCheck.RequirePath(path, _paths.Name))),
        ];
        InputCatalog catalog = InputCatalog.Find(paths, format);
        foreach (string warning in catalog.Warnings)
        {
            call.Hint(warning);
        }

        long start = Stopwatch.GetTimestamp();
        VerifyReport report = await VerifyAsync(call, catalog, options, cancellationToken);
        VerificationJson found = Describe(report, Stopwatch.GetElapsedTime(start).TotalSeconds);
        call.Printer.Print(found, json => json.VerificationJson, console => Tables.Facts(
            console,
            ("order",
                found.Ordered
                    ? "every record is at least the one before"
                    : $"{ByteText.OfCount(found.Unordered)} out of order: less than the one before"),
            ("records",
                $"{ByteText.OfCount(found.Records)} in {ByteText.OfCount(found.Files)} " +
                    $"{Plural.Of(found.Files, "file")}"),
            ("duplicates", $"{ByteText.OfCount(found.DuplicateKeys)} " +
                    $"{(found.DuplicateKeys == 1 ? "key equals" : "keys equal")} the one before"),
            ("checksum", found.Checksum),
            ("read",
                $"{ByteText.OfBytes(found.Bytes)} in {ByteText.OfSeconds(found.Seconds)}, " +
                    $"{ByteText.OfRate(found.Bytes, found.Seconds)}")));
        if (found.FirstUnordered is FirstUnorderedJson first)
        {
            throw new SluiceException(ConsoleErrors.NotInOrder(
                $"{ByteText.OfCount(found.Unordered)} {Plural.Of(found.Unordered, "record")} out of order",
                $"{first.File}, first at record {first.Record}, byte {first.Offset}"));
        }

        return 0;
    }

    private static async Task<VerifyReport> VerifyAsync(
        VerbCall call, InputCatalog catalog, VerifyOptions options, CancellationToken cancellationToken)
    {
        string[] files = [.. catalog.Files.Select(file => file.Path)];
        try
        {
            await using ProgressView view = ProgressView.Open(call.Terminal, call.Style);
            ByteProgressAdapter progress = new("verify", catalog.Bytes, view);
            return await Task.Run(
                () => SortVerifier.Verify(files, options, progress, cancellationToken), CancellationToken.None);
        }
        catch (Exception exception) when (
            exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new SluiceException(
                SluiceErrors.InputUnreadable(string.Join(", ", files.Take(3)), exception.Message), exception);
        }
    }

    private static VerifyOptions OptionsOf(RecordFormat format, string? key)
    {
        VerifyOptions options = new()
        {
            Format = format is FixedFormat ? VerifyFormat.Gensort : VerifyFormat.Lines,
        };
        if (key is null)
        {
            return options;
        }

        ByteKey bytes = FormatOptions.ReadKey(key);
        return options with { KeyOffset = bytes.Offset, KeyLength = bytes.Length };
    }
}
