using Sluice.Jobs;
using System.Globalization;

namespace Sluice.Engine;

/// <summary>The names in an output directory and in the staging directory below it.</summary>
/// <remarks>
/// <code>
/// DIR/part-00000, part-00001, ...     the output, in name order
/// DIR/_SUCCESS                        written last: the output is complete
/// DIR/.sluice-JOB/lock                held while the job lives
///                 claim               which process it is
///                 journal.ndjson      the coordinator's journal
///                 part-00000.attempt-1
///                 publish.json        which files are moved where, written before the first move
///                 old/                the output that is being replaced
/// </code>
/// </remarks>
internal static class OutputNames
{
    public const string Success = "_SUCCESS";
    public const string Claim = "claim";
    public const string Journal = "journal.ndjson";
    public const string Intent = "publish.json";
    public const string Old = "old";
    public const string StagingPattern = ".sluice-*";
    private const string PartPrefix = "part-";
    private const string AttemptInfix = ".attempt-";

    public static string Staging(JobId job) => $".sluice-{job.Value:N}";

    public static string Part(int part) => string.Create(CultureInfo.InvariantCulture, $"{PartPrefix}{part:D5}");

    public static string Attempt(int part, int attempt) =>
        string.Create(CultureInfo.InvariantCulture, $"{Part(part)}{AttemptInfix}{attempt}");

    public static bool IsPart(string name) =>
        name.StartsWith(PartPrefix, StringComparison.Ordinal) && IsNumber(name.AsSpan(PartPrefix.Length), digits: 5);

    /// <summary>Whether publishing renames the one to the other: an attempt of a part to that part.</summary>
    public static bool IsMove(string? from, string? to) =>
        from is not null && to is not null && IsPart(to)
        && from.StartsWith(to + AttemptInfix, StringComparison.Ordinal)
        && IsNumber(from.AsSpan(to.Length + AttemptInfix.Length), digits: 1);

    /// <summary>The job whose staging directory has this name.</summary>
    public static bool TryParseStaging(string name, out JobId job)
    {
        bool parsed = Guid.TryParseExact(
            name.AsSpan(Math.Min(name.Length, StagingPattern.Length - 1)), "N", out Guid id);
        job = new JobId(id);
        return parsed && name == Staging(job);
    }

    private static bool IsNumber(ReadOnlySpan<char> text, int digits) =>
        text.Length >= digits && !text.ContainsAnyExceptInRange('0', '9');
}
