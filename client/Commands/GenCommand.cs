using System.CommandLine;
using System.Globalization;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>`sluice gen gensort|words`: inputs with known answers.</summary>
internal static class GenCommand
{
    public static Command Create(VerbContext context) =>
        new("gen", "Generates input: the same options give the same bytes on every machine.") { Gensort(context), Words(context) };

    private static Command Gensort(VerbContext context)
    {
        Option<string> records = Number("--records", "how many records of 100 bytes", isRequired: true);
        Option<string> start = Number("--start", "number of the first record", isRequired: false);
        Option<string> output = Output();
        Option<bool> ascii = new("--ascii") { Description = "printable records that end with CR LF" };
        Option<bool> skew = new("--skew") { Description = "half of the records share a few keys" };
        Command command = new("gensort", "Records of the public sort benchmark's generator.") { records, start, output, ascii, skew };
        CommonOptions.AddPrinting(command);
        command.SetAction(parse =>
        {
            GensortOptions options = new()
            {
                Records = NumberOf(parse, records, "--records"),
                Start = NumberOf(parse, start, "--start"),
                Ascii = parse.GetValue(ascii),
                Skew = parse.GetValue(skew),
            };
            Write(
                context,
                parse,
                parse.GetValue(output)!,
                path => GensortGenerator.Write(path, options, null, context.Signals.Token),
                stream => GensortGenerator.Write(stream, options, null, context.Signals.Token));
        });
        return command;
    }

    private static Command Words(VerbContext context)
    {
        Option<string> records = Number("--records", "how many lines, about ten words each", isRequired: true);
        Option<string> seed = Number("--seed", "chooses the words", isRequired: false);
        Option<string> output = Output();
        Command command = new("words", "Lines of words with Zipf frequencies.") { records, seed, output };
        CommonOptions.AddPrinting(command);
        command.SetAction(parse =>
        {
            WordsOptions options = new()
            {
                Records = NumberOf(parse, records, "--records"),
                Seed = (ulong)NumberOf(parse, seed, "--seed"),
            };
            Write(
                context,
                parse,
                parse.GetValue(output)!,
                path => WordsGenerator.Write(path, options, null, context.Signals.Token),
                stream => WordsGenerator.Write(stream, options, null, context.Signals.Token));
        });
        return command;
    }

    private static void Write(
        VerbContext context,
        ParseResult parse,
        string output,
        Func<string, GeneratedData> toFile,
        Func<Stream, GeneratedData> toStream)
    {
        Terminal terminal = context.Terminal;
        OutputStyle style = VerbContext.SettingsOf(parse).Style;
        bool isStream = output == JobOptions.Stream;
        GeneratedData made;
        try
        {
            made = isStream ? toStream(terminal.Data) : toFile(Path.GetFullPath(output));
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException and not ClosedPipeException)
        {
            throw new SluiceException(ConsoleErrors.CannotWrite(output, exception.Message), exception);
        }

        TextWriter writer = isStream ? terminal.Error : terminal.Out;
        string checksum = made.Checksum.ToString("x", CultureInfo.InvariantCulture);
        if (style.Format != OutputFormat.Table)
        {
            JsonLine.Print(writer, style, "sluice.gen/1", json =>
            {
                json.WriteString("out", output);
                json.WriteNumber("records", made.Records);
                json.WriteNumber("bytes", made.Bytes);
                json.WriteString("checksum", checksum);
            });
        }
        else if (!style.IsQuiet)
        {
            writer.WriteLine($"{ByteText.OfCount(made.Records)} records, {ByteText.OfBytes(made.Bytes)}, checksum {checksum}");
        }
    }

    private static Option<string> Number(string name, string description, bool isRequired) =>
        new(name) { HelpName = "N", Description = description, Required = isRequired };

    private static Option<string> Output() =>
        new("--out") { HelpName = "FILE", Description = "the file to write; - is standard output", Required = true };

    private static long NumberOf(ParseResult parse, Option<string> option, string name)
    {
        string text = parse.GetValue(option) ?? "0";
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number <= long.MaxValue / 1000
            ? number
            : throw new SluiceException(ConsoleErrors.BadValue(text, "a number from 0 on", name, $"{name} 1000000"));
    }
}
