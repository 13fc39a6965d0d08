using System.Reflection;
using System.Runtime.Loader;

namespace Sluice.Client;

/// <summary>
/// Finds what the assembly of a user's jobs needs: Sluice itself is this process's, so that both sides mean the same
/// types; its own dependencies are those that were built with it; all else is the runtime's.
/// </summary>
/// <remarks>Threading: any.</remarks>
internal sealed class JobLoadContext : AssemblyLoadContext
{
    private readonly string _directory;
    private readonly AssemblyDependencyResolver _resolver;

    /// <param name="path">Full path of the assembly; what it needs is in its .deps.json, or beside it.</param>
    /// <exception cref="InvalidOperationException">Its .deps.json cannot be read.</exception>
    public JobLoadContext(string path)
        : base("jobs")
    {
        _directory = Path.GetDirectoryName(path)!;
        _resolver = new AssemblyDependencyResolver(path);
        Resolving += (_, name) => LoadBeside(name);
    }

    /// <summary>The version of an assembly that belongs to this process's Sluice; null when it is none.</summary>
    public static Version? OwnVersion(AssemblyName name) => OwnOf(name)?.GetName().Version;

    protected override Assembly? Load(AssemblyName assemblyName) => OwnOf(assemblyName)
        ?? (_resolver.ResolveAssemblyToPath(assemblyName) is string path ? LoadFromAssemblyPath(path) : null);

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is string path ? LoadUnmanagedDllFromPath(path) : 0;

    private static Assembly? OwnOf(AssemblyName name) =>
        name.Name is string simple && simple.StartsWith("Sluice.", StringComparison.Ordinal)
            && File.Exists(Path.Combine(AppContext.BaseDirectory, $"{simple}.dll"))
            ? Default.LoadFromAssemblyName(new AssemblyName(simple))
            : null;

    // What somebody put there by hand is in no .deps.json.
    private Assembly? LoadBeside(AssemblyName name)
    {
        string path = Path.Combine(_directory, $"{name.Name}.dll");
        return string.IsNullOrEmpty(name.CultureName) && File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }
}
