using System.CommandLine;
using System.Globalization;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>`sluice demo`: makes input, sorts and counts it, reads everything again and compares it with what is known.</summary>
internal static class DemoCommand
{
    private const int SortRecords = 1_000_000;
    private const int WordLines = 200_000;

    public static Command Create(VerbContext context)
    {
        Command command = new("demo", "Generates input, sorts and counts it, and proves the results.");
        CommonOptions.AddResources(command);
        CommonOptions.AddPrinting(command);
        command.SetAction((parse, _) => new Demo(context, VerbContext.SettingsOf(parse)).RunAsync());
        return command;
    }

    /// <summary>One run of the demo, in a folder that is gone afterwards.</summary>
    private sealed class Demo
    {
        private readonly VerbContext _context;
        private readonly Settings _settings;
        private readonly string _folder = Directory.CreateTempSubdirectory("sluice-demo-").FullName;

        public Demo(VerbContext context, Settings settings)
        {
            _context = context;
            _settings = settings;
        }

        public async Task<int> RunAsync()
        {
            try
            {
                await SortAsync();
                await CountAsync();
                Say("done: both results are proven. Try it on your own files: ./sluice sort FILE... --out DIR");
                return 0;
            }
            finally
            {
                Directory.Delete(_folder, recursive: true);
            }
        }

        private async Task SortAsync()
        {
            string input = Path.Combine(_folder, "records");
            string output = Path.Combine(_folder, "sorted");
            GeneratedData made = GensortGenerator.Write(
                input, new GensortOptions { Records = SortRecords }, null, _context.Signals.Token);
            Say($"sort: {ByteText.OfCount(made.Records)} generated records of 100 bytes, checksum {Hex(made.Checksum)}");

            JobArguments arguments = new JobArguments().Add("format", RecordFormat.Gensort.Name);
            await RunAsync(new JobCall("demo sort", new SortJob(), arguments, [input], output, false, _settings));

            VerifyReport report = VerifyCommand.Verify(
                SortVerifier.PartsOf(output), RecordFormat.Gensort, RecordFormat.Gensort.DefaultKey, _context.Signals.Token);
            Check(report.IsOrdered, "the sorted records are not in order", output);
            Check(report.Records == made.Records && report.Checksum == made.Checksum, "the sorted records are not the generated ones", output);
            Say($"verified: {ByteText.OfCount(report.Records)} records in order, checksum {report.ChecksumText} as generated");
        }

        private async Task CountAsync()
        {
            string input = Path.Combine(_folder, "words");
            string output = Path.Combine(_folder, "counts");
            GeneratedData made = WordsGenerator.Write(input, new WordsOptions { Records = WordLines }, null, _context.Signals.Token);
            Say($"wordcount: {ByteText.OfCount(made.Records)} generated lines, {ByteText.OfBytes(made.Bytes)}");

            await RunAsync(new JobCall("demo wordcount", new WordCountJob(), new JobArguments(), [input], output, false, _settings));

            Dictionary<string, long> expected = CountNaively(input);
            int known = 0;
            foreach (string line in SortVerifier.PartsOf(output).SelectMany(File.ReadLines))
            {
                string[] fields = line.Split('\t');
                bool isRight = expected.TryGetValue(fields[0], out long count) &&
                    count == long.Parse(fields[1], CultureInfo.InvariantCulture);
                Check(isRight, $"the count of '{fields[0]}' is wrong", output);
                known++;
            }

            Check(known == expected.Count, "words are missing", output);
            Say($"verified: {ByteText.OfCount(known)} distinct words, every count as a plain dictionary counts it");
        }

        private async Task RunAsync(JobCall call)
        {
            JobReport report = await new JobRunner(_context).ExecuteAsync(call, call.Inputs, call.Output);
            ReportPrinter.Print(report, _settings.Style, _context.Terminal, _context.Terminal.Out);
            await _context.Terminal.Out.FlushAsync(_context.Signals.Token);
        }

        private static Dictionary<string, long> CountNaively(string path)
        {
            Dictionary<string, long> counts = new(StringComparer.Ordinal);
            foreach (string word in File.ReadLines(path).SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
            {
                counts[word] = counts.GetValueOrDefault(word) + 1;
            }

            return counts;
        }

        private void Say(string text)
        {
            if (!_settings.Quiet.Value)
            {
                _context.Terminal.Error.WriteLine(text);
            }
        }

        private static void Check(bool isRight, string what, string where)
        {
            if (!isRight)
            {
                throw new SluiceException(ConsoleErrors.WrongResult(what, where));
            }
        }

        private static string Hex(UInt128 checksum) => checksum.ToString("x", CultureInfo.InvariantCulture);
    }
}
