namespace Sluice.Client;

/// <summary>Every setting that may come from flag, environment or file; the same name in all three.</summary>
internal static class SettingNames
{
    public const string Memory = "memory";
    public const string Parallelism = "parallelism";
    public const string Partitions = "partitions";
    public const string SpillDirectories = "spill-dir";
    public const string Compress = "compress";
    public const string DiskWait = "disk-wait";
    public const string Cluster = "cluster";
    public const string ClusterId = "cluster-id";
    public const string TraceBuffers = "trace-buffers";
    public const string TraceLink = "trace-link";
    public const string OutputFormat = "output-format";
    public const string Quiet = "quiet";
    public const string Verbose = "verbose";
    public const string NoProgress = "no-progress";
    public const string NoColor = "no-color";

    public static IReadOnlyList<string> All { get; } =
    [
        Memory, Parallelism, Partitions, SpillDirectories, Compress, DiskWait, Cluster, ClusterId, TraceBuffers,
        TraceLink, OutputFormat, Quiet, Verbose, NoProgress, NoColor,
    ];
}
