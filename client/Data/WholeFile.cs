using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>A file that is either complete or not there.</summary>
internal static class WholeFile
{
    /// <summary>Writes beside the path and renames at the end; a device or a pipe is written to directly.</summary>
    /// <param name="path">Where the file appears.</param>
    /// <param name="overwrite">Whether a file that is there is replaced.</param>
    /// <param name="write">Writes all of it; its result is passed on.</param>
    /// <exception cref="SluiceException">A file is there, and is not to be replaced.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static T Write<T>(string path, bool overwrite, Func<Stream, T> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string full = Path.GetFullPath(path);
        if (File.Exists(full))
        {
            full = File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full;
            using FileStream existing = new(full, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            if (!existing.CanSeek || IsDevice(full))
            {
                // A rename would put a plain file in its place.
                return write(existing);
            }

            if (!overwrite)
            {
                throw new SluiceException(SluiceErrors.OutputExists(path));
            }
        }

        return WriteAndRename(full, overwrite, write);
    }

    private static bool IsDevice(string full) =>
        full.StartsWith("/proc/", StringComparison.Ordinal)
        || (full.StartsWith("/dev/", StringComparison.Ordinal)
            && !full.StartsWith("/dev/shm/", StringComparison.Ordinal));

    private static T WriteAndRename<T>(string full, bool overwrite, Func<Stream, T> write)
    {
        string unfinished = $"{full}.{Environment.ProcessId}.unfinished";
        try
        {
            T result;
            using (FileStream output = new(
                unfinished, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0))
            {
                result = write(output);
            }

            Move(unfinished, full, overwrite);
            return result;
        }
        catch
        {
            // A directory that does not exist holds no unfinished file, and Delete would hide the reason.
            if (File.Exists(unfinished))
            {
                File.Delete(unfinished);
            }

            throw;
        }
    }

    private static void Move(string unfinished, string full, bool overwrite)
    {
        try
        {
            File.Move(unfinished, full, overwrite);
        }
        catch (IOException) when (!overwrite && File.Exists(full))
        {
            // It has appeared meanwhile.
            throw new SluiceException(SluiceErrors.OutputExists(full));
        }
    }
}
