namespace Sluice.Client;

/// <summary>Lets a generator write a file that is either complete or not there.</summary>
internal static class GeneratedFile
{
    /// <summary>Writes beside the path and renames at the end; a device or a pipe is written to directly.</summary>
    public static GeneratedData Write(string path, Func<Stream, GeneratedData> generate)
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
                return generate(existing);
            }
        }

        return WriteAndRename(full, generate);
    }

    private static bool IsDevice(string full) =>
        full.StartsWith("/proc/", StringComparison.Ordinal)
        || (full.StartsWith("/dev/", StringComparison.Ordinal)
            && !full.StartsWith("/dev/shm/", StringComparison.Ordinal));

    private static GeneratedData WriteAndRename(string full, Func<Stream, GeneratedData> generate)
    {
        string unfinished = $"{full}.{Environment.ProcessId}.unfinished";
        try
        {
            GeneratedData data;
            using (FileStream output = new(
                unfinished, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0))
            {
                data = generate(output);
            }

            File.Move(unfinished, full, overwrite: true);
            return data;
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
}
