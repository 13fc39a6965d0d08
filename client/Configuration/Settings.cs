using System.Globalization;
using Sluice.Engine;
using Sluice.Sorting;

namespace Sluice.Client;

/// <summary>
/// All that a verb may be told from outside its own line: flag, then environment, then file, then default.
/// </summary>
internal sealed record Settings
{
    // What the planner itself would choose for the largest input; each costs every map task some memory.
    private const int MostPartitions = 4096;

    private static readonly (string What, string Example) Switch = ("true or false", "true");

    /// <summary>Bytes of the job's pool.</summary>
    public required Setting<long> Memory { get; init; }

    /// <summary>Tasks at once.</summary>
    public required Setting<int> Parallelism { get; init; }

    /// <summary>Partitions of each shuffle; 0 means by the input's size.</summary>
    public required Setting<int> Partitions { get; init; }

    /// <summary>Where jobs spill.</summary>
    public required Setting<IReadOnlyList<string>> SpillDirectories { get; init; }

    /// <summary>How blocks are stored when they are spilled.</summary>
    public required Setting<Compression> Compress { get; init; }

    /// <summary>How long a job waits for room on a full disk.</summary>
    public required Setting<TimeSpan> DiskWait { get; init; }

    /// <summary>Gateways of a cluster; none means this process.</summary>
    public required Setting<string?> Cluster { get; init; }

    /// <summary>What the cluster is called; a gateway of another one is refused.</summary>
    public required Setting<string?> ClusterId { get; init; }

    /// <summary>Watches the life of one buffer in so many; 0 watches none.</summary>
    public required Setting<int> TraceBuffers { get; init; }

    /// <summary>Where a browser shows a trace; `{traceId}` stands for its id.</summary>
    public required Setting<string?> TraceLink { get; init; }

    public required Setting<OutputFormat> OutputFormat { get; init; }

    public required Setting<bool> Quiet { get; init; }

    public required Setting<bool> Verbose { get; init; }

    public required Setting<bool> NoProgress { get; init; }

    public required Setting<bool> NoColor { get; init; }

    /// <summary>How to print.</summary>
    public OutputStyle Style => new(
        OutputFormat.Value, Quiet.Value, Verbose.Value, !NoColor.Value, !NoProgress.Value && !Quiet.Value);

    /// <summary>What the engine may use.</summary>
    public EngineOptions EngineOptions => new()
    {
        MemoryBytes = Memory.Value,
        Parallelism = Parallelism.Value,
        SpillDirectories = [.. SpillDirectories.Value.Select(Path.GetFullPath)],
        DiskWait = DiskWait.Value,
        Codec = Compress.Value == Compression.Brotli ? BlockCodecs.Brotli : null,
        TraceBuffers = TraceBuffersAsked,
    };

    /// <summary>The rate as engine and silos take it: what nobody asked for they decide.</summary>
    public int? TraceBuffersAsked => TraceBuffers.Origin == "default" ? null : TraceBuffers.Value;

    /// <summary>Partitions as the engine takes them.</summary>
    public int? PartitionCount => Partitions.Value == 0 ? null : Partitions.Value;

    /// <summary>Asks the sources for every setting.</summary>
    /// <exception cref="Jobs.SluiceException">One of them cannot be read.</exception>
    public static Settings Resolve(SettingSources sources) => new()
    {
        Memory = sources.One(SettingNames.Memory, MemoryDefault(), ParsePositiveSize, ("a size", "512MiB")),
        Parallelism = sources.One(
            SettingNames.Parallelism,
            Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture),
            text => ParseCount(text, 1),
            ("a number from 1 on", "4")),
        Partitions = sources.One(
            SettingNames.Partitions, "auto", ParsePartitions, ("a number from 1 to 4096, or auto", "8")),
        SpillDirectories = sources.List(
            SettingNames.SpillDirectories, Path.TrimEndingDirectorySeparator(Path.GetTempPath())),
        Compress = sources.One(SettingNames.Compress, "none", ParseCompression, ("none or brotli", "brotli")),
        DiskWait = sources.One(SettingNames.DiskWait, "10min", Duration.Parse, ("a time", "30s, 10min or 0")),
        Cluster = sources.Text(SettingNames.Cluster),
        ClusterId = sources.Text(SettingNames.ClusterId, "sluice"),
        TraceBuffers = sources.One(
            SettingNames.TraceBuffers,
            $"1/{BufferLifeTracerOptions.DefaultOneIn}",
            BufferRate.Parse,
            ("a share of all buffers: one in N, all or off", "1/1024")),
        TraceLink = Client.TraceLink.Require(sources.Text(SettingNames.TraceLink)),
        OutputFormat = sources.One(
            SettingNames.OutputFormat, "table", ParseFormat, ("a way to print: table, json or ndjson", "json")),
        Quiet = sources.One(SettingNames.Quiet, "false", ParseSwitch, Switch),
        Verbose = sources.One(SettingNames.Verbose, "false", ParseSwitch, Switch),
        NoProgress = sources.One(SettingNames.NoProgress, "false", ParseSwitch, Switch),
        NoColor = sources.One(SettingNames.NoColor, "false", ParseSwitch, Switch),
    };

    /// <summary>Every setting as text, in a fixed order.</summary>
    public IReadOnlyList<(string Name, string Text, string Origin)> All() =>
    [
        Row(Memory), Row(Parallelism), Row(Partitions), Row(SpillDirectories), Row(Compress), Row(DiskWait),
        Row(Cluster), Row(ClusterId), Row(TraceBuffers), Row(TraceLink), Row(OutputFormat), Row(Quiet), Row(Verbose),
        Row(NoProgress), Row(NoColor),
    ];

    /// <summary>The smaller of 1 GiB and a quarter of the machine, in whole MiB.</summary>
    internal static long DefaultMemory(long machine) => Math.Max(Math.Min(1L << 30, machine / 4) >> 20, 1) << 20;

    private static string MemoryDefault()
    {
        long mebibytes = DefaultMemory(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes) >> 20;
        return string.Create(CultureInfo.InvariantCulture, $"{mebibytes}MiB");
    }

    private static long? ParsePositiveSize(string text) =>
        ByteSize.TryParse(text, out long bytes) && bytes > 0 ? bytes : null;

    private static int? ParseCount(string text, int least) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count >= least
            ? count
            : null;

    private static int? ParsePartitions(string text) =>
        text == "auto" ? 0 : ParseCount(text, 1) is int count and <= MostPartitions ? count : null;

    private static bool? ParseSwitch(string text) => text switch
    {
        "true" or "1" => true,
        "false" or "0" => false,
        _ => null,
    };

    private static Compression? ParseCompression(string text) => text switch
    {
        "none" => Compression.None,
        "brotli" => Compression.Brotli,
        _ => null,
    };

    private static OutputFormat? ParseFormat(string text) => text switch
    {
        "table" => Client.OutputFormat.Table,
        "json" => Client.OutputFormat.Json,
        "ndjson" => Client.OutputFormat.Ndjson,
        _ => null,
    };

    private static (string Name, string Text, string Origin) Row<T>(Setting<T> setting) =>
        (setting.Name, setting.Text, setting.Origin);
}
