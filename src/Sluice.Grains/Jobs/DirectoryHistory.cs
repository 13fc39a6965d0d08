using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;

namespace Sluice.Grains;

/// <summary>
/// Remembers jobs in a directory that every silo reaches: a file a job for how it stands, others for the rest.
/// </summary>
/// <remarks>Without a directory nothing is remembered. Threading: any thread; each file is replaced whole.</remarks>
internal sealed class DirectoryHistory(IOptions<SluiceSiloOptions> options) : IJobHistory
{
    private const string View = ".json";
    private const string Order = ".order";
    private const string Plan = ".plan";
    private const string Journal = ".journal";

    private readonly string _directory = options.Value.HistoryDirectory;

    /// <inheritdoc/>
    /// <exception cref="IOException">It could not be written.</exception>
    public Task WriteAsync(JobRecord job, CancellationToken cancellationToken = default) => _directory.Length == 0
        ? Task.CompletedTask
        : Task.Run(() => Write(job), cancellationToken);

    public Task<JobView?> FindAsync(Guid job, CancellationToken cancellationToken = default) =>
        Task.Run(() => ViewOf(PathOf(job, View)), cancellationToken);

    public async Task<JobRecord?> ReadAsync(Guid job, CancellationToken cancellationToken = default) =>
        await FindAsync(job, cancellationToken) is JobView view
            ? new JobRecord(view)
            {
                Order = await TextOfAsync(PathOf(job, Order), cancellationToken),
                Plan = await TextOfAsync(PathOf(job, Plan), cancellationToken),
                Journal = await TextOfAsync(PathOf(job, Journal), cancellationToken),
            }
            : null;

    public Task<IReadOnlyList<JobView>> NewestAsync(int most, CancellationToken cancellationToken = default) =>
        Task.Run(() => Newest(most), cancellationToken);

    private void Write(JobRecord job)
    {
        Directory.CreateDirectory(_directory);
        WriteWhole(PathOf(job.View.Id, Order), job.Order);
        WriteWhole(PathOf(job.View.Id, Plan), job.Plan);
        WriteWhole(PathOf(job.View.Id, Journal), job.Journal);
        WriteWhole(PathOf(job.View.Id, View), JsonSerializer.Serialize(job.View, HistoryJson.Default.JobView));
    }

    private static void WriteWhole(string path, string? text)
    {
        if (text is not null)
        {
            string fresh = $"{path}.{Guid.NewGuid():N}";
            File.WriteAllText(fresh, text);
            File.Move(fresh, path, overwrite: true);
        }
    }

    private IReadOnlyList<JobView> Newest(int most) => _directory.Length > 0 && Directory.Exists(_directory)
        ?
        [
            .. Directory.EnumerateFiles(_directory, $"*{View}")
                .OrderByDescending(Path.GetFileName, StringComparer.Ordinal)
                .Take(most)
                .Select(ViewOf)
                .OfType<JobView>(),
        ]
        : [];

    private string PathOf(Guid job, string what) => Path.Combine(_directory, $"{job:N}{what}");

    // A file that somebody has cut or removed is as good as none.
    private static JobView? ViewOf(string path)
    {
        try
        {
            return File.Exists(path)
                ? JsonSerializer.Deserialize(File.ReadAllBytes(path), HistoryJson.Default.JobView)
                : null;
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            return null;
        }
    }

    private static async Task<string?> TextOfAsync(string path, CancellationToken cancellation)
    {
        try
        {
            return File.Exists(path) ? await File.ReadAllTextAsync(path, cancellation) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}

/// <summary>Jobs as a history keeps them.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JobView))]
internal sealed partial class HistoryJson : JsonSerializerContext;
