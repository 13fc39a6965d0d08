using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Jobs;

/// <summary>What kept a job from being faster.</summary>
/// <param name="Kind">Of what sort it is.</param>
/// <param name="Sentence">The same for people, one sentence with the numbers that say so.</param>
/// <param name="Evidence">The numbers, by name: seconds, per cent, ratios.</param>
public sealed record Bottleneck(BottleneckKind Kind, string Sentence, IReadOnlyDictionary<string, double> Evidence)
{
    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="JsonException">It is no bottleneck.</exception>
    public static Bottleneck FromJson(string json) =>
        JsonSerializer.Deserialize(json, ReportJson.Default.Bottleneck)
            ?? throw new JsonException("The bottleneck is empty.");

    /// <summary>The same as one JSON object on one line.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Default.Bottleneck);
}

/// <summary>What can keep a job from being faster.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BottleneckKind>))]
public enum BottleneckKind
{
    /// <summary>Nothing stands out.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>Tasks waited for disks: for reads of inputs and spill files, or for writes.</summary>
    [JsonStringEnumMemberName("disk")]
    Disk,

    /// <summary>Tasks waited for blocks of other silos.</summary>
    [JsonStringEnumMemberName("network")]
    Network,

    /// <summary>Tasks were at work nearly all the time.</summary>
    [JsonStringEnumMemberName("cpu")]
    Cpu,

    /// <summary>One partition had much more to do than the others.</summary>
    [JsonStringEnumMemberName("hot-partition")]
    HotPartition,

    /// <summary>One silo was much slower than the others.</summary>
    [JsonStringEnumMemberName("slow-silo")]
    SlowSilo,

    /// <summary>Tasks waited for memory, or wrote everything again and again for the lack of it.</summary>
    [JsonStringEnumMemberName("memory")]
    Memory,
}
