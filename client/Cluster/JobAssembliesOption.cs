using System.CommandLine;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>`--assembly FILE`: job classes that a silo of this console knows besides those that come along.</summary>
internal sealed class JobAssembliesOption : Option<string[]>
{
    public JobAssembliesOption()
        : base("--assembly")
    {
        Description = "A .dll with job classes that can be started by name; may be given several times";
        HelpName = "FILE";
    }

    /// <summary>Full paths of those that are named.</summary>
    public IReadOnlyList<string> PathsOf(VerbCall call) =>
    [
        .. (call.Parse.GetValue(this) ?? []).Select(path => Path.GetFullPath(UsageCheck.RequirePath(path, Name)))
            .Distinct(StringComparer.Ordinal),
    ];

    /// <summary>Loads those that are named; what jobs print goes to standard error from then on.</summary>
    /// <exception cref="SluiceException">One cannot be loaded, or has no job, or one that is called as
    /// another.</exception>
    public IReadOnlyList<JobAssembly> Load(VerbCall call)
    {
        IReadOnlyList<string> paths = PathsOf(call);
        if (paths.Count == 0)
        {
            return [];
        }

        JobOutput.Take(call.Terminal.Error);
        JobAssembly[] assemblies = [.. paths.Select(JobAssembly.Load)];
        AddTo(new JobCatalog(), assemblies);
        return assemblies;
    }

    /// <summary>Makes the jobs of all known.</summary>
    public static void AddTo(JobCatalog catalog, IReadOnlyList<JobAssembly> assemblies)
    {
        foreach (JobAssembly assembly in assemblies)
        {
            assembly.AddTo(catalog);
        }
    }
}
