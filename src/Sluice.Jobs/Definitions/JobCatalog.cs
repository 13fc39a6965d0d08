namespace Sluice.Jobs;

/// <summary>Job classes by name, so that every process that takes part in a job can make it.</summary>
/// <remarks>Threading: filled at start, then read by any thread.</remarks>
public sealed class JobCatalog
{
    private readonly SortedDictionary<string, Func<IJob>> _jobs = new(StringComparer.Ordinal)
    {
        ["sort"] = () => new SortJob(),
        ["wordcount"] = () => new WordCountJob(),
    };

    /// <summary>All names, in order.</summary>
    public IReadOnlyCollection<string> Names => _jobs.Keys;

    /// <summary>Makes a class known by a name.</summary>
    /// <param name="name">By default the class's own name.</param>
    /// <exception cref="ArgumentException">Another job has this name.</exception>
    public JobCatalog Add<TJob>(string? name = null)
        where TJob : IJob, new()
    {
        _jobs.Add(name ?? typeof(TJob).Name, () => new TJob());
        return this;
    }

    /// <summary>A new object of the class.</summary>
    /// <exception cref="SluiceException">There is none of that name.</exception>
    public IJob Create(string name) => _jobs.TryGetValue(name, out Func<IJob>? make)
        ? make()
        : throw new SluiceException(SluiceErrors.UnknownJob(name, string.Join(", ", Names)));
}
