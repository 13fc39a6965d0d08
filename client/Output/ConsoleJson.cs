using System.Text.Json.Serialization;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>Every shape that the console prints as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(JobReport))]
[JsonSerializable(typeof(GeneratedJson))]
[JsonSerializable(typeof(VerificationJson))]
[JsonSerializable(typeof(PlanReport))]
[JsonSerializable(typeof(TopJson))]
[JsonSerializable(typeof(ShuffleBenchJson))]
[JsonSerializable(typeof(SortBenchJson))]
[JsonSerializable(typeof(PoolBenchJson))]
[JsonSerializable(typeof(ExportJson))]
[JsonSerializable(typeof(ConfigurationJson))]
[JsonSerializable(typeof(VersionJson))]
[JsonSerializable(typeof(DemoJson))]
[JsonSerializable(typeof(JobsJson))]
[JsonSerializable(typeof(WhyJson))]
[JsonSerializable(typeof(SilosJson))]
[JsonSerializable(typeof(JobTimeline))]
[JsonSerializable(typeof(ErrorHelpJson))]
internal sealed partial class ConsoleJson : JsonSerializerContext;

/// <summary>What a generator wrote: `sluice.generated/1`.</summary>
internal sealed record GeneratedJson(
    string Schema, string Kind, string Output, long Records, long Bytes, string Checksum, double Seconds);

/// <summary>What verification found: `sluice.verification/1`.</summary>
internal sealed record VerificationJson(
    string Schema,
    bool Ordered,
    int Files,
    long Records,
    long Bytes,
    long Unordered,
    long DuplicateKeys,
    string Checksum,
    FirstUnorderedJson? FirstUnordered,
    double Seconds);

/// <summary>Where order breaks first; record and offset count from 0 in the file.</summary>
internal sealed record FirstUnorderedJson(string File, long Record, long Offset);

/// <summary>All settings: `sluice.config/1`.</summary>
internal sealed record ConfigurationJson(string Schema, IReadOnlyList<SettingJson> Settings);

/// <summary>One setting with its origin.</summary>
internal sealed record SettingJson(string Name, string Value, string Origin);

/// <summary>What this console is: `sluice.version/1`.</summary>
internal sealed record VersionJson(string Schema, string Version, string Runtime, string System, bool Cluster);

/// <summary>What the demo proved: `sluice.demo/1`.</summary>
internal sealed record DemoJson(
    string Schema,
    double Seconds,
    JobReport Sort,
    VerificationJson Verification,
    string GeneratedChecksum,
    JobReport WordCount,
    long Words);

/// <summary>What kept a job from being faster: `sluice.why/1`.</summary>
internal sealed record WhyJson(
    string Schema, string Id, string Name, string Status, double Seconds, Bottleneck Bottleneck);

/// <summary>What a code means: `sluice.error/1`.</summary>
internal sealed record ErrorHelpJson(string Schema, string Code, string Meaning);
