using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Sluice.Engine;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>The two jobs of the demo, each checked against something that does not know the engine.</summary>
/// <param name="call">For progress and the runner.</param>
/// <param name="options">What the engine may use.</param>
/// <param name="directory">Where all files go.</param>
internal sealed class DemoRun(VerbCall call, EngineOptions options, string directory)
{
    private static readonly SearchValues<byte> WhiteSpace = SearchValues.Create(" \t\n\v\f\r"u8);

    /// <summary>Sorts generated records and verifies them against the generator's sum.</summary>
    /// <exception cref="SluiceException">The result is wrong.</exception>
    public async Task<SortProof> SortAsync(long records, CancellationToken cancellationToken)
    {
        string input = Path.Combine(directory, "records.bin");
        string output = Path.Combine(directory, "sorted");
        GeneratedData generated = await ScratchInput.WriteAsync(
            input,
            () => GensortGenerator.Write(input, new GensortOptions { Records = records }, null, cancellationToken));
        JobReport report = await RunAsync("sort", new SortJob(), input, output, "gensort", cancellationToken);

        long start = Stopwatch.GetTimestamp();
        VerifyReport found = await Task.Run(
            () => SortVerifier.Verify(
                SortVerifier.PartsOf(output),
                new VerifyOptions { Format = VerifyFormat.Gensort },
                null,
                cancellationToken),
            CancellationToken.None);
        if (!found.IsOrdered || found.Records != records || found.Checksum != generated.Checksum)
        {
            throw new SluiceException(ConsoleErrors.WrongResult(
                $"the sorted records are not the generated ones: {found.Unordered} out of order, " +
                    $"checksum {found.ChecksumText}",
                output));
        }

        return new SortProof(
            generated, report, VerifySortCommand.Describe(found, Stopwatch.GetElapsedTime(start).TotalSeconds));
    }

    /// <summary>Counts generated words and compares every count with a simple loop's.</summary>
    /// <exception cref="SluiceException">The result is wrong.</exception>
    public async Task<CountProof> CountAsync(long lines, CancellationToken cancellationToken)
    {
        string input = Path.Combine(directory, "words.txt");
        string output = Path.Combine(directory, "counts");
        GeneratedData generated = await ScratchInput.WriteAsync(
            input,
            () => WordsGenerator.Write(input, new WordsOptions { Records = lines }, null, cancellationToken));
        JobReport report = await RunAsync("wordcount", new WordCountJob(), input, output, null, cancellationToken);
        Dictionary<string, long> expected = await Task.Run(() => CountNaively(input), cancellationToken);
        Compare(expected, output);
        return new CountProof(generated, report, expected.Count);
    }

    private static Dictionary<string, long> CountNaively(string path)
    {
        Dictionary<string, long> counts = new(StringComparer.Ordinal);
        ReadOnlySpan<byte> text = File.ReadAllBytes(path);
        foreach (Range range in text.SplitAny(WhiteSpace))
        {
            if (!text[range].IsEmpty)
            {
                string word = Encoding.Latin1.GetString(text[range]);
                counts[word] = counts.GetValueOrDefault(word) + 1;
            }
        }

        return counts;
    }

    private static void Compare(Dictionary<string, long> expected, string output)
    {
        int words = 0;
        foreach (string line in SortVerifier.PartsOf(output).SelectMany(part => File.ReadLines(part, Encoding.Latin1)))
        {
            string[] fields = line.Split('\t');
            long count = long.Parse(fields[1], CultureInfo.InvariantCulture);
            if (!expected.TryGetValue(fields[0], out long known) || known != count)
            {
                throw new SluiceException(
                    ConsoleErrors.WrongResult(
                        $"'{fields[0]}' was counted {count} times and is there {known} times", output));
            }

            words++;
        }

        if (words != expected.Count)
        {
            throw new SluiceException(
                ConsoleErrors.WrongResult($"{words} words were counted and {expected.Count} are there", output));
        }
    }

    private async Task<JobReport> RunAsync(
        string name, IJob job, string input, string output, string? format, CancellationToken cancellationToken)
    {
        JobArguments arguments = new JobArguments().Add("input", input).Add("out", output);
        if (format is not null)
        {
            arguments.Add("format", format);
        }

        await using ProgressView view = ProgressView.Open(call.Terminal, call.Style);
        JobRequest request = new()
        {
            Job = job,
            Arguments = arguments,
            Name = name,
            Partitions = call.Settings.PartitionCount,
        };
        JobProgressAdapter progress = new(name, view);
        return await call.Host.Telemetry.TraceAsync(
            name, () => JobSession.RunnerOf(call)
                .RunAsync(options, request, progress, cancellationToken));
    }
}

/// <summary>What the sort of the demo proved.</summary>
internal sealed record SortProof(GeneratedData Generated, JobReport Report, VerificationJson Verification);

/// <summary>What the word count of the demo proved.</summary>
internal sealed record CountProof(GeneratedData Generated, JobReport Report, long Words);
