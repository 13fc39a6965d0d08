using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;

namespace Sluice.Grains;

/// <summary>Remembers jobs in a directory that every silo reaches: a file a job, written when it starts and when it ends.</summary>
/// <remarks>Threading: any thread; each file is replaced whole.</remarks>
internal sealed class JobHistory(IOptions<SluiceSiloOptions> options)
{
    private readonly string _directory = options.Value.HistoryDirectory;

    /// <summary>Remembers how a job stands.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public void Write(JobView job)
    {
        if (_directory.Length > 0)
        {
            Directory.CreateDirectory(_directory);
            string path = PathOf(job.Id);
            string fresh = $"{path}.{Guid.NewGuid():N}";
            File.WriteAllBytes(fresh, JsonSerializer.SerializeToUtf8Bytes(job, HistoryJson.Default.JobView));
            File.Move(fresh, path, overwrite: true);
        }
    }

    /// <summary>How a job stood last; null when it is not remembered.</summary>
    public JobView? Find(Guid job) => _directory.Length > 0 && File.Exists(PathOf(job)) ? Read(PathOf(job)) : null;

    /// <summary>The newest jobs first: ids grow with time.</summary>
    public IReadOnlyList<JobView> Newest(int most) => _directory.Length > 0 && Directory.Exists(_directory)
        ?
        [
            .. Directory.EnumerateFiles(_directory, "*.json")
                .OrderByDescending(Path.GetFileName, StringComparer.Ordinal)
                .Take(most)
                .Select(Read)
                .OfType<JobView>(),
        ]
        : [];

    private string PathOf(Guid job) => Path.Combine(_directory, $"{job:N}.json");

    private static JobView? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), HistoryJson.Default.JobView);
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            // A file that somebody has cut or removed is as good as none.
            return null;
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JobView))]
internal sealed partial class HistoryJson : JsonSerializerContext;
