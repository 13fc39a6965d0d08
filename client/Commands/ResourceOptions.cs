using System.CommandLine;

namespace Sluice.Client;

/// <summary>What a job may use. They are read as settings, so environment and file may set them too.</summary>
internal static class ResourceOptions
{
    public static void AddTo(Command command)
    {
        command.Add(One(
            SettingNames.Partitions,
            "N",
            "Partitions of each shuffle, and parts of the output [default: by the input's size]"));
        AddLocalTo(command);
        command.Add(One(
            SettingNames.DiskWait,
            "TIME",
            "How long to wait for room on a full disk; 0 fails at once [default: 10min]"));
        command.Add(One(
            SettingNames.TraceBuffers,
            "1/N|all|off",
            "Buffers whose lives are watched [default: 1/1024, while somebody listens]"));
        command.Add(One(
            SettingNames.Cluster,
            "HOST:PORT",
            "Run on the silos behind these gateways [default: in this process]"));
        command.Add(One(SettingNames.ClusterId, "NAME", "What that cluster is called [default: sluice]"));
    }

    /// <summary>What tasks in this process may use.</summary>
    public static void AddLocalTo(Command command)
    {
        AddParallelismTo(command);
        command.Add(One(
            SettingNames.Memory,
            "SIZE",
            "Memory of the job [default: 1GiB, or a quarter of the machine if that is less]"));
        command.Add(new Option<string[]>($"--{SettingNames.SpillDirectories}")
        {
            Description = "Where the job spills; may be given several times [default: the temporary directory]",
            HelpName = "DIR",
        });
        command.Add(One(
            SettingNames.Compress, "CODEC", "How spilled blocks are stored: none or brotli [default: none]"));
    }

    /// <summary>How many tasks, or threads, work at once.</summary>
    public static void AddParallelismTo(Command command) =>
        command.Add(One(SettingNames.Parallelism, "N", "Tasks at once [default: one a core]"));

    private static Option<string> One(string name, string value, string description) => new($"--{name}")
    {
        Description = description,
        HelpName = value,
    };
}
