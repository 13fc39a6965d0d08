using System.Globalization;

namespace Sluice.Client;

/// <summary>
/// What reading sorted output again has shown; the files in the order given are taken as one sequence.
/// </summary>
public sealed record VerifyReport
{
    /// <summary>Files read, empty ones too.</summary>
    public required int Files { get; init; }

    /// <summary>Records in all files.</summary>
    public required long Records { get; init; }

    /// <summary>Bytes in all files, newlines included.</summary>
    public required long Bytes { get; init; }

    /// <summary>Records whose key is smaller than the key of the record before.</summary>
    public required long Unordered { get; init; }

    /// <summary>The first of the unordered records; null when there is none.</summary>
    public UnorderedPlace? FirstUnordered { get; init; }

    /// <summary>Records whose key equals the key of the record before.</summary>
    public required long DuplicateKeys { get; init; }

    /// <summary>
    /// Sum of the CRC-32 of each record, independent of their order. A line counts with its newline, also a last one
    /// that lacks it, so sorting never changes the sum.
    /// </summary>
    public required UInt128 Checksum { get; init; }

    /// <summary>Whether every record's key is at least the one before.</summary>
    public bool IsOrdered => Unordered == 0;

    /// <summary>The sum in lower-case hex without leading zeros, as valsort prints it.</summary>
    public string ChecksumText => Checksum.ToString("x", CultureInfo.InvariantCulture);
}

/// <summary>Where a record lies whose key is smaller than the key of the record before.</summary>
/// <param name="File">The file's path as it was given.</param>
/// <param name="Record">The record's number in that file, from 0.</param>
/// <param name="Offset">The record's first byte in that file.</param>
public sealed record UnorderedPlace(string File, long Record, long Offset);
