using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;
using Orleans.Configuration;
using Sluice.Grains;

namespace Sluice.Silo;

/// <summary>Remembers jobs in the database in which silos find each other: table `sluice_job`, a row a job.</summary>
/// <remarks>
/// A silo that starts sees whether the table is there, so that a database that was prepared by an older version is told
/// of at once. Later a database that is down costs the history a few seconds a job, and jobs nothing. Threading: any.
/// </remarks>
internal sealed class PostgresHistory : IJobHistory, ILifecycleParticipant<ISiloLifecycle>, IAsyncDisposable
{
    // Seconds; whoever asks can do without the answer.
    private const int Patience = 5;

    private readonly NpgsqlDataSource _database;
    private readonly string _cluster;

    public PostgresHistory(IConfiguration configuration, IOptions<ClusterOptions> cluster)
    {
        NpgsqlConnectionStringBuilder place = new(configuration[SiloConfiguration.DatabaseConnection])
        {
            Timeout = Patience,
            CommandTimeout = Patience,
            MaxPoolSize = 4,
        };
        _database = NpgsqlDataSource.Create(place);
        _cluster = cluster.Value.ClusterId;
    }

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(PostgresHistory), ServiceLifecycleStage.RuntimeGrainServices - 1, CheckAsync);

    public async Task WriteAsync(JobRecord job, CancellationToken cancellationToken = default)
    {
        await using NpgsqlCommand command = _database.CreateCommand(
            """
            INSERT INTO sluice_job (cluster_id, job, view, job_order, plan, journal) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (cluster_id, job) DO UPDATE SET
                view = EXCLUDED.view,
                job_order = coalesce(EXCLUDED.job_order, sluice_job.job_order),
                plan = coalesce(EXCLUDED.plan, sluice_job.plan),
                journal = coalesce(EXCLUDED.journal, sluice_job.journal),
                changed = now()
            """);
        command.Parameters.AddWithValue(_cluster);
        command.Parameters.AddWithValue(KeyOf(job.View.Id));
        Add(command, JsonSerializer.Serialize(job.View, HistoryJson.Default.JobView));
        Add(command, job.Order);
        Add(command, job.Plan);
        Add(command, job.Journal);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<JobView?> FindAsync(Guid job, CancellationToken cancellationToken = default)
    {
        await using NpgsqlCommand command =
            _database.CreateCommand("SELECT view FROM sluice_job WHERE cluster_id = $1 AND job = $2");
        command.Parameters.AddWithValue(_cluster);
        command.Parameters.AddWithValue(KeyOf(job));
        return await command.ExecuteScalarAsync(cancellationToken) is string view ? ViewOf(view) : null;
    }

    public async Task<JobRecord?> ReadAsync(Guid job, CancellationToken cancellationToken = default)
    {
        await using NpgsqlCommand command = _database.CreateCommand(
            "SELECT view, job_order, plan, journal FROM sluice_job WHERE cluster_id = $1 AND job = $2");
        command.Parameters.AddWithValue(_cluster);
        command.Parameters.AddWithValue(KeyOf(job));
        await using NpgsqlDataReader row = await command.ExecuteReaderAsync(cancellationToken);
        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
        return await row.ReadAsync(cancellationToken)
            ? new JobRecord(ViewOf(row.GetString(0))) { Order = Text(1), Plan = Text(2), Journal = Text(3) }
            : null;
    }

    public async Task<IReadOnlyList<JobView>> NewestAsync(int most, CancellationToken cancellationToken = default)
    {
        await using NpgsqlCommand command = _database.CreateCommand(
            "SELECT view FROM sluice_job WHERE cluster_id = $1 ORDER BY job DESC LIMIT $2");
        command.Parameters.AddWithValue(_cluster);
        command.Parameters.AddWithValue(most);
        await using NpgsqlDataReader rows = await command.ExecuteReaderAsync(cancellationToken);
        List<JobView> jobs = [];
        while (await rows.ReadAsync(cancellationToken))
        {
            jobs.Add(ViewOf(rows.GetString(0)));
        }

        return jobs;
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private async Task CheckAsync(CancellationToken cancellation)
    {
        await using NpgsqlCommand command = _database.CreateCommand("SELECT 1 FROM sluice_job LIMIT 0");
        await command.ExecuteNonQueryAsync(cancellation);
    }

    // As text, so that the newest are the last in order.
    private static string KeyOf(Guid job) => job.ToString("N");

    private static JobView ViewOf(string json) => JsonSerializer.Deserialize(json, HistoryJson.Default.JobView)!;

    private static void Add(NpgsqlCommand command, string? text) => command.Parameters.Add(
        new NpgsqlParameter { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
}
