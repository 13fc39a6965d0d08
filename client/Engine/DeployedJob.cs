using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>
/// A job whose class only the silos of a cluster have: this process knows its name and plans nothing.
/// </summary>
/// <param name="name">The name under which the silos know the class.</param>
internal sealed class DeployedJob(string name) : IJob
{
    /// <summary>The name under which the silos know the class.</summary>
    public string Name { get; } = name;

    /// <exception cref="InvalidOperationException">Always.</exception>
    public void Define(JobBuilder job) =>
        throw new InvalidOperationException($"The class of {Name} is on the silos; it is planned there.");
}
