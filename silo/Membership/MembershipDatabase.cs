using Npgsql;
using Sluice.Jobs;

namespace Sluice.Silo;

/// <summary>The PostgreSQL database in which silos find each other, where they are told to use one.</summary>
public static class MembershipDatabase
{
    private const string SchemaName = "Sluice.Silo.Membership.postgresql.sql";

    /// <summary>
    /// Tables and statements as one script for PostgreSQL 12 or later; it may run again and again, also while silos
    /// run.
    /// </summary>
    public static string Schema
    {
        get
        {
            using Stream stream = typeof(MembershipDatabase).Assembly.GetManifestResourceStream(SchemaName)!;
            using StreamReader reader = new(stream);
            return reader.ReadToEnd();
        }
    }

    /// <summary>Makes, or brings up to date, what silos need there; all of it or nothing.</summary>
    /// <param name="connection">As Npgsql reads it: `Host=...;Database=...;Username=...`.</param>
    /// <param name="cancellationToken">Gives up; nothing is changed then.</param>
    /// <returns>Where that is, for people: `HOST:PORT/DATABASE`, without user and password.</returns>
    /// <exception cref="SluiceException">It cannot be reached, or refuses.</exception>
    public static async Task<string> PrepareAsync(string connection, CancellationToken cancellationToken = default)
    {
        NpgsqlConnectionStringBuilder place = Read(connection, "--connection");
        string where = $"{place.Host}:{place.Port}/{place.Database ?? place.Username}";
        try
        {
            await using NpgsqlConnection database = new(place.ConnectionString);
            await database.OpenAsync(cancellationToken);
            await using NpgsqlTransaction transaction = await database.BeginTransactionAsync(cancellationToken);
            await using NpgsqlCommand command = new(Schema, database, transaction);
            await command.ExecuteNonQueryAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return where;
        }
        catch (NpgsqlException exception)
        {
            throw new SluiceException(ErrorOf(exception, where), exception);
        }
    }

    /// <summary>Sees whether a database is named so that it can be used; does not go there.</summary>
    /// <exception cref="SluiceException">It is not.</exception>
    internal static void Check(string connection, string where) => Read(connection, where);

    /// <summary>Why a database does not do what it was asked.</summary>
    /// <param name="failure">As Npgsql tells it; it never holds a password.</param>
    /// <param name="where">Which database, or the name of the setting that says so.</param>
    internal static SluiceError ErrorOf(NpgsqlException failure, string where) => failure.SqlState switch
    {
        null when failure.InnerException is null => SluiceErrors.DatabaseLogin(where, failure.Message),
        null => SluiceErrors.DatabaseUnreachable(where, failure.InnerException.Message),
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
            SluiceErrors.DatabaseLogin(where, TextOf(failure)),
        PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.InvalidSchemaName =>
            SluiceErrors.DatabaseMissing(where, TextOf(failure)),
        PostgresErrorCodes.InsufficientPrivilege => SluiceErrors.DatabaseRights(where, TextOf(failure)),
        PostgresErrorCodes.UndefinedTable => SluiceErrors.DatabaseUnprepared(where),
        PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.TooManyConnections =>
            SluiceErrors.DatabaseUnreachable(where, TextOf(failure)),
        "SLU01" => SluiceErrors.DatabaseForeign(where),
        _ => SluiceErrors.DatabaseFailed(where, TextOf(failure)),
    };

    // A message of Npgsql about a bad text may quote parts of it, the password among them; so none is passed on.
    private static NpgsqlConnectionStringBuilder Read(string connection, string where)
    {
        NpgsqlConnectionStringBuilder place;
        try
        {
            place = new NpgsqlConnectionStringBuilder(connection);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or KeyNotFoundException)
        {
            throw new SluiceException(SluiceErrors.DatabaseConnection(where, "it cannot be read"));
        }

        if (string.IsNullOrEmpty(place.Host))
        {
            throw new SluiceException(SluiceErrors.DatabaseConnection(where, "it names no Host"));
        }

        return place;
    }

    private static string TextOf(NpgsqlException failure) =>
        (failure as PostgresException)?.MessageText ?? failure.Message;
}
