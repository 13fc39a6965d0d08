using System.Reflection.Metadata;

namespace Sluice.Jobs;

/// <summary>
/// Tells a failure to find code from a failure to find data, which the runtime throws as the same type.
/// </summary>
public static class MissingAssembly
{
    /// <summary>The assembly that could not be loaded, or null when an exception has another cause.</summary>
    public static AssemblyNameInfo? Of(Exception exception)
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            string? name = cause switch
            {
                FileNotFoundException missing => missing.FileName,
                FileLoadException refused => refused.FileName,
                _ => null,
            };

            // A file has a path here, an assembly its display name.
            if (AssemblyNameInfo.TryParse(name, out AssemblyNameInfo? assembly)
                && assembly.Version is not null && Path.GetFileName(assembly.Name) == assembly.Name)
            {
                return assembly;
            }
        }

        return null;
    }
}
