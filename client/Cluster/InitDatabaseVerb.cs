using System.CommandLine;
using Sluice.Jobs;
using Sluice.Silo;

namespace Sluice.Client;

/// <summary>`sluice cluster init-db`: makes what silos need in PostgreSQL to find each other.</summary>
internal sealed class InitDatabaseVerb : Verb
{
    private readonly Option<string?> _connection = new("--connection")
    {
        Description = "The database, as Npgsql reads it; a password is better in PGPASSWORD or ~/.pgpass",
        HelpName = "TEXT",
    };

    public InitDatabaseVerb(ConsoleHost host)
        : base(host, "init-db", "Make or update the tables of a cluster's membership in PostgreSQL; may be run again")
    {
        Add(_connection);
    }

    public override IReadOnlyList<string> Examples =>
        ["sluice cluster init-db --connection 'Host=db1;Database=sluice;Username=sluice'"];

    protected override async Task<int> RunAsync(VerbCall call, CancellationToken cancellationToken)
    {
        string connection = call.Parse.GetValue(_connection)
            ?? throw new SluiceException(ConsoleErrors.Missing("--connection TEXT", "sluice cluster init-db"));
        string where = await MembershipDatabase.PrepareAsync(connection, cancellationToken);
        call.Hint($"{where} is ready: have silos use it with Orleans:Clustering:ProviderType=AdoNet");
        return 0;
    }
}
