using System.CommandLine;
using System.Globalization;
using Sluice.Grains;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>`sluice cluster ...`: how the silos stand.</summary>
internal sealed class ClusterCommand : Command
{
    public ClusterCommand(ConsoleHost host)
        : base("cluster", "Show and drain the silos of a cluster, and prepare its database")
    {
        Add(new SilosVerb(host, "status", "Print how many silos there are and what they do", SilosVerb.Status));
        Add(new SilosVerb(host, "silos", "List the silos with their slots", SilosVerb.Silos));
        Add(new SilosVerb(host, "pools", "List the silos' buffer pools", SilosVerb.Pools));
        Add(new TopVerb(host));
        Add(new DrainVerb(host));
        Add(new InitDatabaseVerb(host));
    }
}

/// <summary>A verb that prints silos: `sluice.silos/1`.</summary>
internal sealed class SilosVerb : Verb
{
    private readonly (string[] Headings, Func<SiloView, IReadOnlyList<string>> Row) _table;

    public SilosVerb(
        ConsoleHost host,
        string name,
        string description,
        (string[] Headings, Func<SiloView, IReadOnlyList<string>> Row) table)
        : base(host, name, description)
    {
        _table = table;
        ClusterFlags.AddTo(this);
    }

    public static (string[] Headings, Func<SiloView, IReadOnlyList<string>> Row) Status =>
        (["silo", "state", "running#", "queued#", "jobs#"], silo =>
            [silo.Name, StateOf(silo), Number(silo.Running), Number(silo.Queued), Number(silo.Jobs.Length)]);

    public static (string[] Headings, Func<SiloView, IReadOnlyList<string>> Row) Silos =>
        (["silo", "gateway", "process#", "version", "slots#", "running#", "queued#", "state"], silo =>
            [
                silo.Name, silo.Gateway, Number(silo.ProcessId), silo.Version, Number(silo.Slots), Number(silo.Running),
                Number(silo.Queued), StateOf(silo),
            ]);

    public static (string[] Headings, Func<SiloView, IReadOnlyList<string>> Row) Pools =>
        (["silo", "segments#", "lent#", "segment#", "memory#", "outputs#", "free disk#"], silo =>
            [
                silo.Name,
                Number(silo.Segments),
                Number(silo.LentSegments),
                ByteText.OfBytes(silo.SegmentSize),
                ByteText.OfBytes((long)silo.Segments * silo.SegmentSize),
                Number(silo.Outputs),
                ByteText.OfBytes(silo.FreeDiskBytes),
            ]);

    protected override async Task<int> RunAsync(VerbCall call, CancellationToken cancellationToken)
    {
        await using ClusterConnection cluster = await ClusterConnection.OpenAsync(call, cancellationToken);
        IReadOnlyList<SiloView> silos = await cluster.Client.GetSilosAsync(cancellationToken);
        SilosJson json = new("sluice.silos/1", [.. silos.Select(JsonOf)]);
        call.Printer.Print(
            json,
            context => context.SilosJson,
            console => Tables.Rows(console, _table.Headings, silos.Select(_table.Row)));
        return 0;
    }

    public static string StateOf(SiloView silo) =>
        silo.IsDraining ? "draining" : silo.Slots == 0 ? "no slots" : "active";

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static SiloJson JsonOf(SiloView silo) => new(
        silo.Name,
        silo.Silo,
        silo.Gateway,
        silo.Version,
        silo.ProcessId,
        silo.Slots,
        silo.Running,
        silo.Queued,
        silo.IsDraining,
        silo.Segments,
        silo.LentSegments,
        silo.SegmentSize,
        silo.Outputs,
        silo.FreeDiskBytes);
}

/// <summary>`sluice cluster drain SILO`.</summary>
internal sealed class DrainVerb : Verb
{
    private readonly Argument<string> _silo = new("SILO")
    {
        Description = "The silo's name, as sluice cluster silos prints it",
    };

    public DrainVerb(ConsoleHost host)
        : base(host, "drain", "Have a silo take no tasks any more; what it has is finished and served")
    {
        Add(_silo);
        ClusterFlags.AddTo(this);
    }

    protected override async Task<int> RunAsync(VerbCall call, CancellationToken cancellationToken)
    {
        string name = call.Parse.GetValue(_silo)!;
        await using ClusterConnection cluster = await ClusterConnection.OpenAsync(call, cancellationToken);
        if (!await cluster.Client.DrainAsync(name, cancellationToken))
        {
            throw new SluiceException(ConsoleErrors.NoSuchSilo(name));
        }

        call.Hint($"{name} drains; stop it when sluice cluster silos shows nothing running");
        return 0;
    }
}
