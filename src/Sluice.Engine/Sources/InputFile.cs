namespace Sluice.Engine;

/// <summary>One input file as it was when the job was planned.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Length">Bytes; a file that has another length when it is read fails the job.</param>
public sealed record InputFile(string Path, long Length);

/// <summary>A stretch of one input file that one task reads.</summary>
/// <param name="File">Index of the file in the job's inputs.</param>
/// <param name="Start">The first byte; a record that starts before it belongs to an earlier split.</param>
/// <param name="End">A record that starts at or behind it belongs to a later split.</param>
public readonly record struct InputSplit(int File, long Start, long End)
{
    /// <summary>Bytes from start to end.</summary>
    public long Length => End - Start;
}

/// <summary>An input is not what it was when the job was planned, or cannot be read.</summary>
public sealed class InputChangedException : IOException
{
    /// <param name="path">The file.</param>
    /// <param name="expected">Its length when the job was planned, bytes.</param>
    /// <param name="found">Its length now.</param>
    public InputChangedException(string path, long expected, long found)
        : base($"{path} had {expected} bytes when the job was planned and has {found} now.")
    {
        Path = path;
    }

    /// <summary>The file.</summary>
    public string Path { get; }
}

/// <summary>A record of an input is longer than the task's memory allows.</summary>
public sealed class InputRecordTooLargeException : IOException
{
    /// <param name="path">The file.</param>
    /// <param name="offset">Where the record starts, bytes from the file's start.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="limit">The longest the task can take.</param>
    public InputRecordTooLargeException(string path, long offset, long length, long limit)
        : base($"The record at byte {offset} of {path} has {length} bytes; half of the task's memory is {limit}.")
    {
        Path = path;
        Offset = offset;
        Length = length;
        Limit = limit;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Where the record starts, bytes from the file's start.</summary>
    public long Offset { get; }

    /// <summary>Its length in bytes.</summary>
    public long Length { get; }

    /// <summary>The longest the task can take, bytes.</summary>
    public long Limit { get; }
}
