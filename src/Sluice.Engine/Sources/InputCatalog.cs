using Sluice.Jobs;

namespace Sluice.Engine;

/// <summary>The files a job reads, found and checked before anything runs.</summary>
/// <param name="Files">In the order they were named; a directory's or pattern's files by name.</param>
/// <param name="Warnings">What the user should know: a file named twice is read once.</param>
public sealed record InputCatalog(IReadOnlyList<InputFile> Files, IReadOnlyList<string> Warnings)
{
    /// <summary>What they were named by.</summary>
    internal IReadOnlyList<NamedInput> Inputs { get; private init; } = [];

    /// <summary>Bytes of all files.</summary>
    public long Bytes => Files.Sum(file => file.Length);

    /// <summary>Finds the files behind paths, directories and patterns.</summary>
    /// <param name="inputs">As the user named them; relative ones start at the current directory.</param>
    /// <param name="format">Files of fixed-length records must hold whole ones.</param>
    /// <exception cref="SluiceException">An input is missing, unreadable, compressed, torn, longer than its length or
    /// not a regular file.</exception>
    public static InputCatalog Find(IReadOnlyList<string> inputs, RecordFormat format)
    {
        if (inputs.Count == 0)
        {
            throw new SluiceException(SluiceErrors.MissingArgument("input"));
        }

        List<string> warnings = [];
        List<NamedInput> named = new(inputs.Count);
        List<InputFile> files = [];
        RealPaths paths = new();
        HashSet<string> known = new(StringComparer.Ordinal);
        foreach (string input in inputs)
        {
            NamedInput found = InputPaths.Expand(input);
            named.Add(found);
            foreach (string path in found.Files)
            {
                // Two names of one file are one input, also through symbolic links to it or on the way to it.
                if (known.Add(paths.Of(path)))
                {
                    files.Add(Check(path, format));
                }
                else
                {
                    warnings.Add($"{path} was named more than once and is read once.");
                }
            }
        }

        return new InputCatalog(files, warnings) { Inputs = named };
    }

    private static InputFile Check(string path, RecordFormat format)
    {
        try
        {
            using FileStream stream = new(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
            long length = stream.Length;
            Span<byte> magic = stackalloc byte[3];
            int read = stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
            if (read > length)
            {
                throw new SluiceException(SluiceErrors.InputNotRegular(
                    path, "a file that holds more than its length says, as those of /proc do"));
            }

            if (magic[..read].SequenceEqual<byte>([0x1F, 0x8B, 0x08]))
            {
                throw new SluiceException(SluiceErrors.InputCompressed(path));
            }

            if (format is FixedFormat fixedFormat && length % fixedFormat.RecordLength != 0)
            {
                throw new SluiceException(SluiceErrors.InputTorn(path, length, fixedFormat.RecordLength));
            }

            return new InputFile(path, length);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            throw new SluiceException(SluiceErrors.InputUnreadable(path, exception.Message), exception);
        }
    }
}
