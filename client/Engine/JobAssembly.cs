using System.Reflection;
using System.Reflection.Metadata;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>An assembly of the user's, loaded into this process, with the job classes in it.</summary>
internal sealed class JobAssembly
{
    private const int IsReferenceAssembly = unchecked((int)0x80131058);

    private readonly string _path;
    private readonly Type[] _types;
    private readonly Type[] _jobs;
    private readonly AssemblyNameInfo? _missing;

    private JobAssembly(string path, Type[] types, AssemblyNameInfo? missing)
    {
        _path = path;
        _types = types;
        _missing = missing;
        _jobs = [.. types.Where(type => !type.IsInterface && typeof(IJob).IsAssignableFrom(type))];
    }

    /// <summary>What the jobs are called that can be run, for people.</summary>
    public string Listing => Names is { Count: > 0 } names ? string.Join(", ", names) : "none that can be made";

    private IReadOnlyList<string> Names =>
        [.. _jobs.Where(job => WhyNot(job) is null).Select(NameOf).Order(StringComparer.Ordinal)];

    /// <param name="path">A full path.</param>
    /// <exception cref="SluiceException">It cannot be loaded here, or holds no job.</exception>
    public static JobAssembly Load(string path)
    {
        if (!File.Exists(path))
        {
            throw new SluiceException(Directory.Exists(path)
                ? ConsoleErrors.NotAnAssembly("it is a directory", path)
                : ConsoleErrors.AssemblyNotThere(path));
        }

        Assembly assembly = LoadFile(path);
        foreach (AssemblyName needed in assembly.GetReferencedAssemblies())
        {
            CheckVersion(needed, path);
        }

        (Type[] types, AssemblyNameInfo? missing) = TypesOf(assembly);
        JobAssembly jobs = new(path, types, missing);
        return jobs._jobs.Length > 0 ? jobs : throw jobs.NotFound(ConsoleErrors.NoJobs(path));
    }

    /// <summary>A new object of a job's class.</summary>
    /// <param name="name">Its name wherever jobs are started by name, its class's name, or that with the
    /// namespace.</param>
    /// <exception cref="SluiceException">There is none of that name, or several, or it cannot be made.</exception>
    public IJob Create(string name)
    {
        Type job = Find(name) switch
        {
            [Type one] => one,
            [] when Array.Find(_types, type => type.Name == name || FullNameOf(type) == name) is Type type =>
                throw new SluiceException(ConsoleErrors.JobNotMade("it does not implement IJob", FullNameOf(type))),
            [] => throw NotFound(ConsoleErrors.NoSuchJob(
                name, _path, Listing, Suggestion.Nearest(name, Names) ?? "")),
            Type[] several => throw new SluiceException(ConsoleErrors.JobAmbiguous(
                name, _path, string.Join(", ", several.Select(FullNameOf).Order(StringComparer.Ordinal)))),
        };
        return WhyNot(job) is string why
            ? throw new SluiceException(ConsoleErrors.JobNotMade(why, FullNameOf(job)))
            : Make(job);
    }

    private static IJob Make(Type job)
    {
        try
        {
            return (IJob)Activator.CreateInstance(job)!;
        }
        catch (TargetInvocationException exception)
        {
            Exception cause = exception.InnerException!;
            throw new SluiceException(
                MissingAssembly.Of(cause) is { } missing
                    ? SluiceErrors.AssemblyMissing(missing, FullNameOf(job))
                    : ConsoleErrors.ConstructorFailed(
                        FullNameOf(job), $"{cause.GetType().Name}: {cause.Message.TrimEnd('.')}"),
                cause);
        }
    }

    /// <summary>Makes all jobs known that can be made.</summary>
    /// <exception cref="SluiceException">One of them is called as another job there, or none can be made.</exception>
    public void AddTo(JobCatalog catalog)
    {
        Type[] jobs = Array.FindAll(_jobs, job => WhyNot(job) is null);
        if (jobs.Length == 0)
        {
            throw new SluiceException(ConsoleErrors.JobNotMade(WhyNot(_jobs[0])!, FullNameOf(_jobs[0])));
        }

        foreach (Type job in jobs)
        {
            string name = NameOf(job);
            if (catalog.Names.Contains(name))
            {
                throw new SluiceException(ConsoleErrors.JobNameTaken(name, _path));
            }

            catalog.Add(name, job, () => Make(job));
        }
    }

    private static Assembly LoadFile(string path)
    {
        try
        {
            // The loader says less of a file that may not be read.
            File.OpenRead(path).Dispose();
            return new JobLoadContext(path).LoadFromAssemblyPath(path);
        }
        catch (BadImageFormatException exception)
        {
            throw new SluiceException(
                ConsoleErrors.NotAnAssembly(
                    exception.HResult == IsReferenceAssembly
                        ? "it is a reference assembly, which has no code"
                        : "it is no .NET assembly, or one for another kind of machine",
                    path),
                exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SluiceException(
                ConsoleErrors.NotAnAssembly(exception.Message.TrimEnd('.'), path), exception);
        }
        catch (InvalidOperationException exception)
        {
            throw new SluiceException(ConsoleErrors.NotAnAssembly("its .deps.json cannot be read", path), exception);
        }
    }

    private static void CheckVersion(AssemblyName needed, string path)
    {
        if (needed is { Name: "System.Runtime", Version.Major: int net } && net > Environment.Version.Major)
        {
            throw new SluiceException(ConsoleErrors.OtherVersion(
                ".NET", $"{net}", $"{Environment.Version.Major}", path));
        }

        if (JobLoadContext.OwnVersion(needed) is Version own && needed.Version is Version version
            && !CanServe(own, version))
        {
            throw new SluiceException(ConsoleErrors.OtherVersion(
                needed.Name!, version.ToString(3), own.ToString(3), path));
        }
    }

    // Before 1.0 every minor version may change what jobs see, then every major one.
    private static bool CanServe(Version own, Version built) =>
        built <= own && built.Major == own.Major && (own.Major > 0 || built.Minor == own.Minor);

    private static (Type[] Types, AssemblyNameInfo? Missing) TypesOf(Assembly assembly)
    {
        try
        {
            return (assembly.GetTypes(), null);
        }
        catch (ReflectionTypeLoadException exception)
        {
            // Those that need what is missing are left out; which it was is said when one of them is asked for.
            return (
                [.. exception.Types.OfType<Type>()],
                exception.LoaderExceptions.OfType<Exception>().Select(MissingAssembly.Of).FirstOrDefault(
                    missing => missing is not null));
        }
    }

    // A full name comes first: it is the only way to mean a class whose name others have behind a namespace.
    private Type[] Find(string name) => Array.Find(_jobs, job => FullNameOf(job) == name) is Type exact
        ? [exact]
        : [.. _jobs.Where(job => JobNameAttribute.Of(job) == name || job.Name == name || job.FullName == name)];

    // The shortest name that means only one of them.
    private string NameOf(Type job) =>
        JobNameAttribute.Of(job) is string name && Find(name).Length == 1 ? name : FullNameOf(job);

    private static string? WhyNot(Type job) => job switch
    {
        { IsAbstract: true } => "it is abstract",
        { ContainsGenericParameters: true } => "it is generic",
        { IsValueType: false } when job.GetConstructor(Type.EmptyTypes) is null =>
            "it has no public constructor without parameters",
        _ => null,
    };

    // As it is written in C#: a dot before a class in a class, too.
    private static string FullNameOf(Type type) => type.FullName!.Replace('+', '.');

    private SluiceException NotFound(SluiceError error) => new(_missing is null
        ? error
        : SluiceErrors.AssemblyMissing(_missing, _path));
}
