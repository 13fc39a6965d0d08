using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>A shuffle benchmark: one generated input, sorted again and again.</summary>
/// <param name="call">For progress and the runner.</param>
/// <param name="directory">Where all files go.</param>
/// <param name="records">Records of each round.</param>
/// <param name="cores">What rates of a core are divided by.</param>
internal sealed class ShuffleBench(VerbCall call, string directory, long records, int cores)
{
    private string Input => Path.Combine(directory, "input");

    /// <summary>Makes the input of all rounds.</summary>
    /// <exception cref="SluiceException">There is no room for it.</exception>
    public Task<GeneratedData> GenerateAsync(CancellationToken cancellationToken) => ScratchInput.WriteAsync(
        Input,
        () => GensortGenerator.Write(Input, new GensortOptions { Records = records }, null, cancellationToken));

    /// <summary>Sorts it once.</summary>
    /// <param name="generated">What the generator wrote.</param>
    /// <param name="verify">Whether order and sum are compared with that.</param>
    /// <param name="cancellationToken">Cancels the job.</param>
    /// <exception cref="SluiceException">The round failed, or its result is wrong.</exception>
    public async Task<ShuffleRoundJson> RunAsync(
        GeneratedData generated, bool verify, CancellationToken cancellationToken)
    {
        string output = Path.Combine(directory, "output");
        JobReport report = await SortAsync(Input, output, cancellationToken);
        if (verify)
        {
            Verify(output, generated, cancellationToken);
        }

        Directory.Delete(output, recursive: true);
        return Measure(report);
    }

    private async Task<JobReport> SortAsync(string input, string output, CancellationToken cancellationToken)
    {
        await using ProgressView view = ProgressView.Open(call.Terminal, call.Style);
        return await JobSession.RunnerOf(call).RunAsync(
            call.Settings.EngineOptions,
            new Engine.JobRequest
            {
                Job = new SortJob(),
                Arguments = new JobArguments().Add("input", input).Add("out", output).Add("format", "gensort"),
                Name = "bench",
                Partitions = call.Settings.PartitionCount,
            },
            new JobProgressAdapter("bench", view),
            cancellationToken);
    }

    private void Verify(string output, GeneratedData generated, CancellationToken cancellationToken)
    {
        VerifyReport found = SortVerifier.Verify(
            SortVerifier.PartsOf(output), new VerifyOptions { Format = VerifyFormat.Gensort }, null, cancellationToken);
        if (!found.IsOrdered || found.Records != records || found.Checksum != generated.Checksum)
        {
            throw new SluiceException(ConsoleErrors.WrongResult(
                $"the sorted records are not the generated ones: {found.Unordered} out of order, " +
                    $"checksum {found.ChecksumText}",
                output));
        }
    }

    private ShuffleRoundJson Measure(JobReport report) => new(
        report.Seconds,
        Math.Round(report.Records.Out / report.Seconds),
        Math.Round(report.Bytes.In / 1e6 / report.Seconds / cores, 1),
        Math.Round(report.Bytes.Shuffled / 1e6 / report.Stages[^1].Seconds, 1),
        report.Bytes.Spilled);
}
