using System.Reflection;

namespace Sluice.Client;

/// <summary>Why this console cannot reach clusters.</summary>
internal static class ClusterSupport
{
    /// <summary>The reason, one sentence without a full stop.</summary>
    public static string WhyNot => IsBuiltWithOrleans
        ? "the console cannot reach clusters yet"
        : "this console was built without cluster support, because the registry does not serve the Orleans packages";

    private static bool IsBuiltWithOrleans => typeof(ClusterSupport).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Any(metadata => metadata is { Key: "Orleans", Value: "true" });
}
