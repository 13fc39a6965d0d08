using System.CommandLine;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>
/// What every verb takes that runs a job, whatever the job is: what it is called, may use, and where.
/// </summary>
internal sealed class OrderOptions
{
    private readonly Option<bool> _overwrite = new("--overwrite")
    {
        Description = "Replace an existing output once the new one is complete",
    };

    private readonly Option<string?> _name = new("--name")
    {
        Description = "What the job is called in reports",
        HelpName = "TEXT",
    };

    private readonly Option<bool> _detach = new("--detach") { Description = "Leave the job running in the cluster" };

    private readonly Option<string?> _onInterrupt = new("--on-interrupt")
    {
        Description = "What Ctrl-C does to a job in the cluster",
        HelpName = "cancel|detach",
    };

    public void AddTo(Command command)
    {
        command.Add(_overwrite);
        command.Add(_name);
        ResourceOptions.AddTo(command);
        command.Add(_detach);
        command.Add(_onInterrupt);
    }

    /// <summary>Adds to an order what the command line says, for wherever the settings say that jobs run.</summary>
    /// <param name="call">The command line.</param>
    /// <param name="order">What the verb itself knows; its name is for a job that the user does not call
    /// otherwise.</param>
    /// <exception cref="SluiceException">The options contradict each other.</exception>
    public JobOrder Complete(VerbCall call, JobOrder order)
    {
        bool inCluster = call.Settings.Cluster.Value is not null;
        string where = UsageCheck.PathOf(call.Parse.CommandResult);
        bool readsStream = order.Inputs.Contains(JobOrder.Stream);
        if (inCluster && (readsStream || order.WritesStream))
        {
            throw new SluiceException(ConsoleErrors.StreamWithCluster(where));
        }

        if (!inCluster && ForClusters(call) is string option)
        {
            throw new SluiceException(ConsoleErrors.OnlyWithCluster(option, where));
        }

        call.RequireClusters();
        return CompleteAnywhere(call, order) with
        {
            InCluster = inCluster,
            Detach = call.Parse.GetValue(_detach),
            DetachOnInterrupt = OnInterrupt(call) == "detach",
        };
    }

    /// <summary>The same, for this process whatever the environment and the file say of a cluster.</summary>
    /// <param name="call">The command line.</param>
    /// <param name="order">What the verb itself knows.</param>
    /// <param name="because">The option that says so.</param>
    /// <exception cref="SluiceException">The options contradict each other.</exception>
    public JobOrder CompleteHere(VerbCall call, JobOrder order, string because)
    {
        Setting<string?> cluster = call.Settings.Cluster;
        string? option = cluster is { Value: not null, Origin: $"--{SettingNames.Cluster}" }
            ? cluster.Origin
            : ForClusters(call);
        return option is null
            ? CompleteAnywhere(call, order)
            : throw new SluiceException(ConsoleErrors.NotInCluster(
                option, because, UsageCheck.PathOf(call.Parse.CommandResult)));
    }

    private JobOrder CompleteAnywhere(VerbCall call, JobOrder order)
    {
        if (order.Inputs.Contains(JobOrder.Stream) && order.Inputs.Count > 1)
        {
            throw new SluiceException(ConsoleErrors.BadStandardInput(
                "standard input cannot be mixed with files", "pipe all of them in, or name files only"));
        }

        return order with
        {
            Name = NameOf(call) ?? order.Name,
            Overwrite = call.Parse.GetValue(_overwrite),
        };
    }

    private string? NameOf(VerbCall call)
    {
        string? name = call.Parse.GetValue(_name);
        return name is null || !string.IsNullOrWhiteSpace(name)
            ? name
            : throw new SluiceException(ConsoleErrors.BadValue(name, "a name", _name.Name, "nightly"));
    }

    // The option that was given and speaks about a job in a cluster.
    private string? ForClusters(VerbCall call) => call.Parse.GetValue(_detach) ? _detach.Name
        : call.Parse.GetValue(_onInterrupt) is not null ? _onInterrupt.Name
        : null;

    private string OnInterrupt(VerbCall call)
    {
        string what = call.Parse.GetValue(_onInterrupt) ?? "cancel";
        return what is "cancel" or "detach"
            ? what
            : throw new SluiceException(ConsoleErrors.BadValue(what, "cancel or detach", _onInterrupt.Name, "detach"));
    }
}
