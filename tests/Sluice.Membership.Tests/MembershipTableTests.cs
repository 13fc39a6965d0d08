using System.Data.Common;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using Orleans.Runtime.MembershipService;
using Sluice.Silo;

namespace Sluice.Membership.Tests;

/// <summary>Our statements, called by Orleans's own table: what its protocol asks of them.</summary>
public sealed class MembershipTableTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private static readonly DateTime Start = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    [Fact]
    public async Task A_new_cluster_is_empty_and_has_a_version()
    {
        IMembershipTable table = await MakeAsync();

        MembershipTableData all = await table.ReadAll();
        MembershipTableData one = await table.ReadRow(Silo(1).SiloAddress);

        Assert.Empty(all.Members);
        Assert.Empty(one.Members);
        Assert.Equal((0, "0"), (all.Version.Version, all.Version.VersionEtag));
    }

    [Fact]
    public async Task A_silo_is_read_as_it_was_written()
    {
        IMembershipTable table = await MakeAsync();
        MembershipEntry written = Silo(1);
        Assert.True(await table.InsertRow(written, await NextAsync(table)));
        written.Status = SiloStatus.Active;
        written.IAmAliveTime = Start.AddMinutes(3);
        written.SuspectTimes =
            [Tuple.Create(Silo(2).SiloAddress, Start), Tuple.Create(Silo(3).SiloAddress, Start.AddSeconds(1))];
        Assert.True(await table.UpdateRow(written, "", await NextAsync(table)));

        MembershipTableData data = await table.ReadRow(written.SiloAddress);

        MembershipEntry read = Assert.Single(data.Members).Item1;
        Assert.Equal(2, data.Version.Version);
        Assert.Equal(written.ToFullString(), read.ToFullString());
        Assert.Equal(
            (written.StartTime, written.IAmAliveTime, written.ProxyPort, written.HostName, written.SiloName),
            (read.StartTime, read.IAmAliveTime, read.ProxyPort, read.HostName, read.SiloName));
        Assert.Equal(written.SuspectTimes, read.SuspectTimes);
    }

    [Fact]
    public async Task A_change_against_an_old_version_or_of_a_silo_twice_there_is_refused_and_changes_nothing()
    {
        IMembershipTable table = await MakeAsync();
        TableVersion first = await NextAsync(table);
        Assert.True(await table.InsertRow(Silo(1), first));

        bool isStale = await table.InsertRow(Silo(2), first);
        bool isTwice = await table.InsertRow(Silo(1), await NextAsync(table));
        bool isStaleUpdate = await table.UpdateRow(Silo(1, SiloStatus.Dead), "", first);
        bool isUnknown = await table.UpdateRow(Silo(2), "", await NextAsync(table));

        Assert.Equal((false, false, false, false), (isStale, isTwice, isStaleUpdate, isUnknown));
        MembershipTableData data = await table.ReadAll();
        Assert.Equal(1, data.Version.Version);
        Assert.Equal(SiloStatus.Joining, Assert.Single(data.Members).Item1.Status);
    }

    [Fact]
    public async Task Of_many_changes_at_once_against_one_version_one_wins()
    {
        IMembershipTable table = await MakeAsync();
        for (int round = 0; round < 20; round++)
        {
            TableVersion next = await NextAsync(table);
            int before = (await table.ReadAll()).Members.Count;

            bool[] won = await Task.WhenAll(Enumerable.Range(1, 6).Select(silo => Task.Run(() => silo <= before
                ? table.UpdateRow(Silo(silo, SiloStatus.Active), "", next)
                : table.InsertRow(Silo(before + 1), next))));

            Assert.Equal(1, won.Count(one => one));
            Assert.Equal(round + 1, (await table.ReadAll()).Version.Version);
        }
    }

    [Fact]
    public async Task A_sign_of_life_changes_neither_version_nor_state()
    {
        IMembershipTable table = await MakeAsync();
        Assert.True(await table.InsertRow(Silo(1), await NextAsync(table)));
        MembershipEntry sign = Silo(1, SiloStatus.Dead);
        sign.IAmAliveTime = Start.AddHours(1);

        await table.UpdateIAmAlive(sign);

        MembershipTableData data = await table.ReadAll();
        MembershipEntry read = Assert.Single(data.Members).Item1;
        Assert.Equal(
            (1, SiloStatus.Joining, Start.AddHours(1)), (data.Version.Version, read.Status, read.IAmAliveTime));
    }

    [Fact]
    public async Task Only_silos_that_are_dead_for_long_are_forgotten()
    {
        IMembershipTable table = await MakeAsync();
        MembershipEntry fresh = Silo(3, SiloStatus.Dead);
        fresh.IAmAliveTime = Start.AddHours(2);
        foreach (MembershipEntry silo in new[] { Silo(1, SiloStatus.Active), Silo(2, SiloStatus.Dead), fresh })
        {
            Assert.True(await table.InsertRow(silo, await NextAsync(table)));
        }

        await table.CleanupDefunctSiloEntries(Start.AddHours(1));

        Assert.Equal(
            [Silo(1).SiloAddress, Silo(3).SiloAddress],
            (await table.ReadAll()).Members.Select(member => member.Item1.SiloAddress)
                .OrderBy(silo => silo.Generation));
    }

    [Fact]
    public async Task Clusters_in_one_database_do_not_see_each_other()
    {
        server.Require();
        string database = await server.CreateDatabaseAsync();
        IMembershipTable one = await MakeAsync(database, "one");
        IMembershipTable two = await MakeAsync(database, "two");
        Assert.True(await one.InsertRow(Silo(1), await NextAsync(one)));
        Assert.True(await two.InsertRow(Silo(2), await NextAsync(two)));

        await one.DeleteMembershipTableEntries("one");
        await one.InitializeMembershipTable(tryInitTableVersion: true);

        Assert.Empty((await one.ReadAll()).Members);
        Assert.Equal(Silo(2).SiloAddress, Assert.Single((await two.ReadAll()).Members).Item1.SiloAddress);
    }

    private async Task<IMembershipTable> MakeAsync()
    {
        server.Require();
        return await MakeAsync(await server.CreateDatabaseAsync(), "tested");
    }

    private async Task<IMembershipTable> MakeAsync(string database, string cluster)
    {
        DbProviderFactories.RegisterFactory("Npgsql", NpgsqlFactory.Instance);
        string connection = server.Connection(database);
        await MembershipDatabase.PrepareAsync(connection, TestContext.Current.CancellationToken);
        IMembershipTable table = new AdoNetClusteringTable(
            new ServiceCollection().BuildServiceProvider(),
            Options.Create(new ClusterOptions { ClusterId = cluster, ServiceId = cluster }),
            Options.Create(new AdoNetClusteringSiloOptions { Invariant = "Npgsql", ConnectionString = connection }),
            NullLogger<AdoNetClusteringTable>.Instance);
        await table.InitializeMembershipTable(tryInitTableVersion: true);
        return table;
    }

    private static async Task<TableVersion> NextAsync(IMembershipTable table) => (await table.ReadAll()).Version.Next();

    private static MembershipEntry Silo(int number, SiloStatus status = SiloStatus.Joining) => new()
    {
        SiloAddress = SiloAddress.New(IPAddress.Parse("10.0.0.1"), 11111, number),
        SiloName = $"silo-{number}",
        HostName = "host",
        Status = status,
        ProxyPort = 30000,
        StartTime = Start,
        IAmAliveTime = Start,
    };
}
