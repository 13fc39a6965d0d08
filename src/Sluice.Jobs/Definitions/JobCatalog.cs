namespace Sluice.Jobs;

/// <summary>Job classes by name, so that every process that takes part in a job can make it.</summary>
/// <remarks>Threading: filled at start, then read by any thread.</remarks>
public sealed class JobCatalog
{
    private readonly SortedDictionary<string, (Type Type, Func<IJob> Make)> _jobs = new(StringComparer.Ordinal);

    /// <summary>With the jobs that come along: sort and wordcount.</summary>
    public JobCatalog()
    {
        Add<SortJob>();
        Add<WordCountJob>();
    }

    /// <summary>All names, in order.</summary>
    public IReadOnlyCollection<string> Names => _jobs.Keys;

    /// <summary>Makes a class known by a name.</summary>
    /// <param name="name">By default that of its <see cref="JobNameAttribute"/>, or the class's own.</param>
    /// <exception cref="ArgumentException">Another job has this name.</exception>
    public JobCatalog Add<TJob>(string? name = null)
        where TJob : IJob, new() => Add(name ?? JobNameAttribute.Of(typeof(TJob)), typeof(TJob), () => new TJob());

    /// <summary>Makes a class known that is found when the process runs.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="type">The class.</param>
    /// <param name="make">Makes an object of it, each time a new one.</param>
    /// <exception cref="ArgumentException">Another job has this name.</exception>
    public JobCatalog Add(string name, Type type, Func<IJob> make)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(make);
        _jobs.Add(name, (type, make));
        return this;
    }

    /// <summary>The name of a job's class.</summary>
    /// <exception cref="SluiceException">It has none.</exception>
    public string NameOf(IJob job) => _jobs.FirstOrDefault(known => known.Value.Type == job.GetType()).Key
        ?? throw new SluiceException(SluiceErrors.UnknownJob(job.GetType().Name, string.Join(", ", Names)));

    /// <summary>A new object of the class.</summary>
    /// <exception cref="SluiceException">There is none of that name.</exception>
    public IJob Create(string name) => _jobs.TryGetValue(name, out (Type Type, Func<IJob> Make) known)
        ? known.Make()
        : throw new SluiceException(SluiceErrors.UnknownJob(name, string.Join(", ", Names)));
}
