using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Sluice.Membership.Tests;

/// <summary>
/// A PostgreSQL server of the test run's own: loopback only, in a temporary directory, removed at the end.
/// </summary>
/// <remarks>
/// It hangs on a pipe to this process and ends with it, however it ends. Where CI=true the Debian package is installed
/// when it is missing; elsewhere the tests are skipped.
/// </remarks>
public sealed class PostgresServer : IAsyncLifetime
{
    public const string AdminPassword = "admin-word";

    private const string Install =
        "export DEBIAN_FRONTEND=noninteractive; apt-get -qq update && apt-get -qq install -y postgresql-common && " +
        "sed -i 's/^#*create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf " +
        "&& " +
        "apt-get -qq install -y --no-install-recommends postgresql";

    private static readonly TimeSpan InstallDeadline = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(40);

    private readonly string _folder = Directory.CreateTempSubdirectory("sluice-postgres-").FullName;
    private readonly int _port = FreePorts.Row(1);
    private Process? _server;
    private int _databases;

    public int Port => _port;

    public async ValueTask InitializeAsync()
    {
        if (Programs() is null && Environment.GetEnvironmentVariable("CI") == "true")
        {
            await ShellAsync(Install, InstallDeadline);
        }

        if (Programs() is not string programs)
        {
            return;
        }

        // The server refuses to run as root; its package has made a user for it.
        string user = Environment.UserName == "root" ? "setpriv --reuid=postgres --regid=postgres --clear-groups " : "";
        await File.WriteAllTextAsync(Path.Combine(_folder, "password"), AdminPassword);
        await ShellAsync(
            (user.Length > 0 ? $"chown -R postgres: {_folder} && " : "") +
            $"cd {_folder} && {user}{programs}/initdb -D data -U admin -A scram-sha-256 --pwfile=password --no-sync " +
            "> initdb.log 2>&1",
            Deadline);
        string server =
            $"{user}{programs}/postgres -D data -p {_port} -F " +
            $"-c listen_addresses=127.0.0.1 -c unix_socket_directories={_folder}";
        _server = Process.Start(new ProcessStartInfo(
            "bash", ["-c", $"{server} > server.log 2>&1 & server=$!; cat > ended; kill -INT $server; wait $server"])
        {
            WorkingDirectory = _folder,
            RedirectStandardInput = true,
        })!;
        await AwaitAsync();
    }

    /// <summary>Skips the test where there is no server to be had.</summary>
    public void Require() => Assert.SkipWhen(
        _server is null,
        "PostgreSQL is not installed: apt-get install postgresql, or run with CI=true to have it installed");

    /// <summary>The text that names a database here.</summary>
    public string Connection(string database, string user = "admin", string password = AdminPassword) =>
        $"Host=127.0.0.1;Port={_port};Database={database};Username={user};Password={password}";

    /// <summary>Makes an empty database.</summary>
    /// <returns>Its name.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"test{Interlocked.Increment(ref _databases)}");
        await ExecuteAsync("postgres", $"CREATE DATABASE {name}");
        return name;
    }

    public async Task ExecuteAsync(string database, string sql)
    {
        await using NpgsqlConnection connection = new(Connection(database) + ";Pooling=false");
        await connection.OpenAsync();
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (_server is not null)
        {
            _server.StandardInput.Close();
            await _server.WaitForExitAsync().WaitAsync(Deadline);
            _server.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task AwaitAsync()
    {
        long since = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await ExecuteAsync("postgres", "SELECT 1");
                return;
            }
            catch (NpgsqlException) when (Stopwatch.GetElapsedTime(since) < Deadline)
            {
                await Task.Delay(100);
            }
        }
    }

    // Debian keeps the server's programs off the PATH, by version.
    private static string? Programs() => Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql")
            .Select(version => Path.Combine(version, "bin"))
            .Where(programs => File.Exists(Path.Combine(programs, "initdb")))
            .MaxBy(programs => programs.Length)
        : null;

    private static async Task ShellAsync(string command, TimeSpan deadline)
    {
        using Process process = Process.Start("bash", ["-c", command]);
        await process.WaitForExitAsync().WaitAsync(deadline);
        Assert.Equal(0, process.ExitCode);
    }
}
