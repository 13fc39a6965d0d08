using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Client;

/// <summary>
/// This process's own place in the spill directories, for what has no file of its own: stdin, and output on its way to
/// stdout.
/// </summary>
/// <remarks>
/// It is removed when it is disposed of; what a killed process left is removed by the next one that spills there.
/// </remarks>
internal sealed class ScratchDirectory : IDisposable
{
    private const int CopyBytes = 1 << 20;

    private readonly SpillDirectories _spill;
    private readonly List<string> _directories = [];

    private ScratchDirectory(SpillDirectories spill)
    {
        _spill = spill;
    }

    /// <exception cref="SluiceException">A spill directory cannot be used.</exception>
    public static ScratchDirectory Open(IReadOnlyList<string> spillDirectories) => new(OpenSpill(spillDirectories));

    /// <summary>A place of this process in each spill directory, removed when it is disposed of.</summary>
    /// <exception cref="SluiceException">A spill directory cannot be used.</exception>
    public static SpillDirectories OpenSpill(IReadOnlyList<string> spillDirectories)
    {
        try
        {
            return SpillDirectories.Open(spillDirectories);
        }
        catch (SpillDirectoryException exception)
        {
            throw new SluiceException(SluiceErrors.SpillDirectoryUnusable(exception.Where, exception.What), exception);
        }
    }

    /// <summary>A path for a directory that does not exist yet.</summary>
    public string NewDirectory(string hint)
    {
        string path = _spill.NewFile(hint);
        _directories.Add(path);
        return path;
    }

    /// <summary>A path for a file that does not exist yet.</summary>
    public string NewFile(string hint) => _spill.NewFile(hint);

    /// <summary>Copies a stream to a file here, because a job reads its input twice.</summary>
    /// <exception cref="SluiceException">The stream cannot be read, or the file not be written.</exception>
    public async Task<string> SpoolAsync(Stream input, CancellationToken cancellationToken)
    {
        string path = NewFile("stdin");
        try
        {
            await using FileStream file = new(
                path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);

            // A read of a terminal or pipe that says nothing cannot be cancelled: it is left behind.
            await Task.Run(() => Copy(input, file), cancellationToken).WaitAsync(cancellationToken);
            return path;
        }
        catch (IOException exception)
        {
            throw new SluiceException(ConsoleErrors.CannotWrite(path, exception.Message), exception);
        }
    }

    public void Dispose()
    {
        foreach (string directory in _directories.Where(Directory.Exists))
        {
            Directory.Delete(directory, recursive: true);
        }

        _spill.Dispose();
    }

    private static void Copy(Stream input, FileStream file)
    {
        byte[] buffer = new byte[CopyBytes];
        for (int read = Read(input, buffer); read > 0; read = Read(input, buffer))
        {
            file.Write(buffer.AsSpan(0, read));
        }
    }

    private static int Read(Stream input, byte[] buffer)
    {
        try
        {
            return input.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SluiceException(
                ConsoleErrors.BadStandardInput(
                    $"standard input cannot be read: {exception.Message}", "pipe lines in, or name files"),
                exception);
        }
    }
}
