using System.Reflection;

namespace Sluice.Jobs;

/// <summary>What a job's class is called wherever jobs are started by name, instead of its own name.</summary>
/// <param name="name">Compared as it is written, capital and small letters too; an empty one is none.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, Inherited = false)]
public sealed class JobNameAttribute(string name) : Attribute
{
    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <summary>
    /// The name of a job's class where nobody gives it another: this attribute's, or the class's own.
    /// </summary>
    public static string Of(Type job) => job.GetCustomAttribute<JobNameAttribute>() is { Name.Length: > 0 } named
        ? named.Name
        : job.Name;
}
