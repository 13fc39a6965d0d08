using System.CommandLine;
using System.Globalization;
using Sluice.Engine;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>`sluice verify sort PATH...`: reads sorted output again.</summary>
internal static class VerifyCommand
{
    public static Command Create(VerbContext context)
    {
        Argument<string[]> paths = new("PATH") { Description = "outputs or files, in the order of their keys", Arity = ArgumentArity.OneOrMore };
        Option<string> format = new("--format")
        {
            HelpName = "lines|gensort",
            Description = "how records lie in the files",
            DefaultValueFactory = _ => "lines",
        };
        Option<string?> key = new("--key") { HelpName = "FIRST-LAST", Description = "bytes of the record that are its key" };
        Command sort = new("sort", "Checks order and counts records, duplicate keys and the checksum; exit code 7 when out of order.")
        {
            paths, format, key,
        };
        CommonOptions.AddPrinting(sort);
        sort.SetAction(parse =>
        {
            OutputStyle style = VerbContext.SettingsOf(parse).Style;
            RecordFormat records = RecordFormat.Parse(parse.GetValue(format)!);
            ByteKey bytes = parse.GetValue(key) is string text ? ByteKey.Parse(text) : records.DefaultKey;
            IReadOnlyList<InputFile> files = InputCatalog.Find(parse.GetValue(paths)!, records).Files;
            VerifyReport report = Verify([.. files.Select(file => file.Path)], records, bytes, context.Signals.Token);
            Print(report, style, context.Terminal);
            if (report.FirstUnordered is UnorderedPlace place)
            {
                throw new SluiceException(ConsoleErrors.NotInOrder(
                    $"{ByteText.OfCount(report.Unordered)} records are smaller than the one before",
                    string.Create(CultureInfo.InvariantCulture, $"{place.File}, record {place.Record}, byte {place.Offset}")));
            }
        });
        return new Command("verify", "Reads a result again and proves it.") { sort };
    }

    /// <summary>Verifies files as one sequence.</summary>
    public static VerifyReport Verify(
        IReadOnlyList<string> files, RecordFormat format, ByteKey key, CancellationToken cancellation) => SortVerifier.Verify(
        files,
        new VerifyOptions
        {
            Format = format is FixedFormat ? VerifyFormat.Gensort : VerifyFormat.Lines,
            KeyOffset = key.Offset,
            KeyLength = key.Length == int.MaxValue ? null : key.Length,
        },
        null,
        cancellation);

    private static void Print(VerifyReport report, OutputStyle style, Terminal terminal)
    {
        if (style.Format == OutputFormat.Table)
        {
            terminal.Out.WriteLine(
                $"{ByteText.OfCount(report.Records)} records, {ByteText.OfBytes(report.Bytes)} in {ByteText.OfCount(report.Files)} files; " +
                $"{(report.IsOrdered ? "in order" : "NOT in order")}, {ByteText.OfCount(report.DuplicateKeys)} duplicate keys, " +
                $"checksum {report.ChecksumText}");
            return;
        }

        JsonLine.Print(terminal.Out, style, "sluice.verify/1", json =>
        {
            json.WriteNumber("files", report.Files);
            json.WriteNumber("records", report.Records);
            json.WriteNumber("bytes", report.Bytes);
            json.WriteBoolean("ordered", report.IsOrdered);
            json.WriteNumber("unordered", report.Unordered);
            json.WriteNumber("duplicateKeys", report.DuplicateKeys);
            json.WriteString("checksum", report.ChecksumText);
        });
    }
}
