using Sluice.Silo;

namespace Sluice.Membership.Tests;

/// <summary>`sluice cluster init-db` against a real server.</summary>
public sealed class InitDatabaseTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    [Fact]
    public async Task A_database_may_be_prepared_twice_and_keeps_what_is_in_it()
    {
        server.Require();
        string database = await server.CreateDatabaseAsync();

        ConsoleResult first = await Run(server.Connection(database));
        await server.ExecuteAsync(database, "INSERT INTO sluice_cluster VALUES ('kept', 7)");
        ConsoleResult second = await Run(server.Connection(database));
        await server.ExecuteAsync(database, "DO $$ BEGIN ASSERT (SELECT version FROM sluice_cluster) = 7; END $$");

        Assert.All([first, second], result =>
        {
            Assert.Equal((0, 1), (result.ExitCode, result.ErrorLines.Length));
            Assert.Contains($"127.0.0.1:{server.Port}/{database} is ready", result.Error, StringComparison.Ordinal);
            AssertSilent(result);
        });
    }

    [Fact]
    public async Task Several_may_prepare_a_database_at_once()
    {
        server.Require();
        string database = await server.CreateDatabaseAsync();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
            MembershipDatabase.PrepareAsync(server.Connection(database), TestContext.Current.CancellationToken))));

        await server.ExecuteAsync(database, "DO $$ BEGIN ASSERT (SELECT count(*) FROM OrleansQuery) = 9; END $$");
    }

    [Fact]
    public async Task A_schema_of_its_own_stands_beside_one_of_somebody_else()
    {
        server.Require();
        string database = await server.CreateDatabaseAsync();
        await server.ExecuteAsync(
            database,
            "CREATE TABLE OrleansQuery (QueryKey varchar(64) PRIMARY KEY, QueryText varchar(8000) NOT NULL);" +
            "INSERT INTO OrleansQuery VALUES ('InsertMembershipKey', 'SELECT something_else()')");

        ConsoleResult refused = await Run(server.Connection(database));
        ConsoleResult missing = await Run(server.Connection(database) + ";Search Path=apart");
        await server.ExecuteAsync(database, "CREATE SCHEMA apart");
        ConsoleResult apart = await Run(server.Connection(database) + ";Search Path=apart");

        AssertFails(refused, 5, "SLU1606");
        AssertFails(missing, 4, "SLU1603");
        Assert.Equal(0, apart.ExitCode);
        await server.ExecuteAsync(
            database, "DO $$ BEGIN ASSERT (SELECT count(*) FROM public.OrleansQuery) = 1; END $$");
    }

    [Fact]
    public async Task A_user_without_rights_is_told_so()
    {
        server.Require();
        string database = await server.CreateDatabaseAsync();
        await server.ExecuteAsync(
            database, "REVOKE CREATE ON SCHEMA public FROM PUBLIC; CREATE ROLE guest LOGIN PASSWORD 'guest-word'");

        AssertFails(await Run(server.Connection(database, "guest", "guest-word")), 5, "SLU1604");
    }

    [Fact]
    public async Task A_wrong_password_or_user_or_database_is_named_and_the_password_is_not()
    {
        server.Require();

        AssertFails(await Run(server.Connection("postgres", password: "wrong-word")), 5, "SLU1602");
        AssertFails(await Run(server.Connection("postgres", user: "nobody")), 5, "SLU1602");
        AssertFails(await Run($"Host=127.0.0.1;Port={server.Port};Database=postgres;Username=admin"), 5, "SLU1602");
        AssertFails(await Run(server.Connection("nowhere")), 4, "SLU1603");
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Port={0};Database=x;Username=y;Password=secret-word", 3, "SLU1601")]
    [InlineData("postgres://y:secret-word@127.0.0.1:{0}/x?sslmode=disable", 2, "SLU1608")]
    [InlineData("Host=127.0.0.1;Port={0};Pasword=secret-word", 2, "SLU1608")]
    [InlineData("Host=127.0.0.1;Port=secret-word", 2, "SLU1608")]
    [InlineData("Password=secret-word", 2, "SLU1608")]
    [InlineData("", 2, "SLU1608")]
    public async Task Without_a_server_the_error_says_what_to_do(string connection, int exitCode, string code) =>
        AssertFails(
            await Run(string.Format(System.Globalization.CultureInfo.InvariantCulture, connection, FreePorts.Row(1))),
            exitCode,
            code);

    private static Task<ConsoleResult> Run(string connection) =>
        ConsoleProcess.RunAsync(Path.GetTempPath(), ["cluster", "init-db", "--connection", connection, "-v"]);

    // With -v the error is followed by its cause.
    private static void AssertFails(ConsoleResult result, int exitCode, string code)
    {
        Assert.Equal(exitCode, result.ExitCode);
        Assert.StartsWith($"error[{code}]: ", result.ErrorLines[0], StringComparison.Ordinal);
        Assert.StartsWith("  --> ", result.ErrorLines[1], StringComparison.Ordinal);
        Assert.StartsWith("help: ", result.ErrorLines[2], StringComparison.Ordinal);
        AssertSilent(result);
    }

    private static void AssertSilent(ConsoleResult result)
    {
        Assert.Empty(result.Output);
        Assert.DoesNotMatch("(admin|guest|wrong|secret)-word", result.Error);
    }
}
