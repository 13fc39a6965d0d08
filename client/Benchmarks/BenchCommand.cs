using System.CommandLine;

namespace Sluice.Client;

/// <summary>`sluice bench ...`: built-in benchmarks.</summary>
internal sealed class BenchCommand : Command
{
    public BenchCommand(ConsoleHost host)
        : base("bench", "Measure this machine or a cluster")
    {
        Add(new BenchShuffleCommand(host));
        Add(new BenchSortCommand(host));
        Add(new BenchPoolCommand(host));
    }
}
