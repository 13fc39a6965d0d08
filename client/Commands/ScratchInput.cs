using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>Input that a verb generates for itself, in its scratch directory.</summary>
internal static class ScratchInput
{
    /// <summary>Runs a generator beside the caller.</summary>
    /// <param name="path">The file it writes.</param>
    /// <param name="generate">Writes it.</param>
    /// <exception cref="SluiceException">The file cannot be written: the disk is full, most often.</exception>
    public static async Task<GeneratedData> WriteAsync(string path, Func<GeneratedData> generate)
    {
        try
        {
            return await Task.Run(generate, CancellationToken.None);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SluiceException(ConsoleErrors.CannotWrite(path, exception.Message), exception);
        }
    }
}
