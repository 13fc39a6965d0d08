using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Client;

/// <summary>Keeps standard input in a file, because a job reads its input twice: once to sample, once to sort.</summary>
internal static class InputSpool
{
    private const int BufferSize = 1 << 20;

    /// <summary>The inputs, with `-` replaced by the file that holds what standard input gave.</summary>
    /// <exception cref="SluiceException">Standard input is named beside others, or is a terminal.</exception>
    public static async Task<IReadOnlyList<string>> ReplaceStreamAsync(
        IReadOnlyList<string> inputs, Terminal terminal, SpillDirectories spill, CancellationToken cancellation)
    {
        if (!inputs.Contains(JobOptions.Stream))
        {
            return inputs;
        }

        if (inputs.Count > 1)
        {
            throw new SluiceException(ConsoleErrors.BadStandardInput(
                "standard input cannot be read beside other inputs", "put everything into one stream: cat FILES | sluice sort - ..."));
        }

        string path = spill.NewFile("stdin");
        await using FileStream file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, BufferSize);
        await using Stream input = terminal.Input();
        await input.CopyToAsync(file, BufferSize, cancellation);
        return [path];
    }
}
