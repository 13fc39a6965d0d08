using Sluice.Jobs;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>The content of <c>_SUCCESS</c>: an output directory that has it is complete.</summary>
/// <param name="Id">The job, 32 hexadecimal digits.</param>
/// <param name="Name">The job's name.</param>
/// <param name="Certificate">The sum over all records written.</param>
/// <param name="Parts">Every part, in name order.</param>
public sealed record SuccessFile(
    string Id, string Name, SuccessCertificate Certificate, IReadOnlyList<SuccessPart> Parts)
{
    /// <summary>Version of the format; readers accept added fields.</summary>
    public const string CurrentSchema = "sluice.success/1";

    /// <summary>Always <see cref="CurrentSchema"/> in files that this version writes.</summary>
    [JsonPropertyOrder(-1)]
    public string Schema { get; init; } = CurrentSchema;

    /// <summary>Describes a job's output.</summary>
    public static SuccessFile Of(JobId job, string name, RecordSum certificate, IEnumerable<PublishedPart> parts) =>
        new(
            job.ToString(),
            name,
            new SuccessCertificate(certificate.Count, certificate.Digits),
            [.. parts.OrderBy(part => part.Part).Select(part =>
                new SuccessPart(OutputNames.Part(part.Part), part.Sum.Count, part.Bytes, part.Sum.Digits))]);

    /// <summary>Reads a directory's <c>_SUCCESS</c>.</summary>
    /// <returns>False when there is none, or when what is there is not one.</returns>
    /// <exception cref="IOException">It is not known whether there is one.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static bool TryRead(
        string directory, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out SuccessFile? success)
    {
        try
        {
            byte[] json = File.ReadAllBytes(Path.Combine(directory, OutputNames.Success));
            success = JsonSerializer.Deserialize(json, CommitReaderJson.Default.SuccessFile);
            return success is { Schema: CurrentSchema, Id: not null, Name: not null, Certificate.Checksum: not null }
                && success.Parts is not null
                && success.Parts.All(part => part is { Name: not null, Sum: not null });
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            success = null;
            return false;
        }
    }

    /// <summary>Whether a directory's <c>_SUCCESS</c> says that a job made what is there.</summary>
    /// <remarks>
    /// Reads no more of it than that. One that may not be read is another user's.
    /// </remarks>
    /// <exception cref="IOException">Nobody can tell now.</exception>
    internal static bool IsOf(string directory, JobId job)
    {
        try
        {
            using JsonDocument json =
                JsonDocument.Parse(File.ReadAllBytes(Path.Combine(directory, OutputNames.Success)));
            return Has(json, "schema", CurrentSchema) && Has(json, "id", job.ToString());
        }
        catch (Exception e) when (
            e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException or JsonException)
        {
            return false;
        }
    }

    internal byte[] ToJson() =>
        [.. JsonSerializer.SerializeToUtf8Bytes(this, CommitWriterJson.Default.SuccessFile), (byte)'\n'];

    private static bool Has(JsonDocument json, string name, string text) =>
        json.RootElement.ValueKind == JsonValueKind.Object
        && json.RootElement.TryGetProperty(name, out JsonElement value)
        && value.ValueKind == JsonValueKind.String
        && value.ValueEquals(text);
}

/// <summary>
/// The job's certificate: how many records were written, and their sum modulo 2^128 in 32 hexadecimal digits.
/// </summary>
public sealed record SuccessCertificate(long Records, string Checksum);

/// <summary>One part of the output.</summary>
/// <param name="Name">File name in the directory.</param>
/// <param name="Records">Records in it.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sum">Sum of its records modulo 2^128, 32 hexadecimal digits.</param>
public sealed record SuccessPart(string Name, long Records, long Bytes, string Sum);

/// <summary>A part that won: the attempt whose file becomes <c>part-NNNNN</c>.</summary>
/// <param name="Part">Number of the part.</param>
/// <param name="Attempt">Number of the attempt that wrote it.</param>
/// <param name="Bytes">Length of its file.</param>
/// <param name="Sum">Count and sum of its records.</param>
public sealed record PublishedPart(int Part, int Attempt, long Bytes, RecordSum Sum);

/// <summary>What a publish is about to move, written before the first move so that it can be undone.</summary>
internal sealed record PublishIntent(IReadOnlyList<PublishMove> Moves)
{
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, CommitWriterJson.Default.PublishIntent);
}

/// <summary>One move, from a name in the staging directory to a name in the output directory.</summary>
internal sealed record PublishMove(string From, string To);

/// <summary>Reads what <see cref="CommitWriterJson"/> has written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(SuccessFile))]
[JsonSerializable(typeof(PublishIntent))]
internal sealed partial class CommitReaderJson : JsonSerializerContext;

/// <summary>Writes what a publish needs, by code that is compiled ahead: every job ends with it.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    NewLine = "\n",
    GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(SuccessFile))]
[JsonSerializable(typeof(PublishIntent))]
internal sealed partial class CommitWriterJson : JsonSerializerContext;
