using System.Reflection;
using System.Runtime.CompilerServices;

namespace Sluice.Sorting;

/// <summary>Compiles loops over records before the first record comes.</summary>
/// <remarks>
/// These methods are marked <see cref="MethodImplOptions.AggressiveOptimization"/>: they are compiled fully, for the
/// processor at hand, and never ahead. That takes some milliseconds each, which another processor can spend while a job
/// is planned.
/// </remarks>
public static class HotLoops
{
    private const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static
        | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>What has such loops here, in the order in which a job meets it.</summary>
    public static IReadOnlyList<Type> Types { get; } =
    [
        typeof(MapOutputBuffer),
        typeof(HashTable<long>),
        typeof(RadixSorter),
        typeof(SmallGroupSort),
        typeof(RingFill),
        typeof(FillWriter),
        typeof(BlockWriter),
        typeof(BlockChecksum),
        typeof(RunCursor),
        typeof(KeyPrefix),
        typeof(LoserTree),
        typeof(MergeReader),
        typeof(MergeGroup),
    ];

    /// <summary>Compiles the marked methods of each type; what is compiled already costs nothing.</summary>
    /// <param name="types">Generic ones with their arguments.</param>
    public static void Compile(IEnumerable<Type> types)
    {
        ArgumentNullException.ThrowIfNull(types);
        foreach (Type type in types)
        {
            RuntimeTypeHandle[] arguments = [.. type.GenericTypeArguments.Select(argument => argument.TypeHandle)];
            foreach (MethodInfo method in Of(type).Where(method => !method.IsGenericMethodDefinition))
            {
                RuntimeHelpers.PrepareMethod(method.MethodHandle, arguments);
            }
        }
    }

    /// <summary>The marked methods of a type.</summary>
    public static IEnumerable<MethodInfo> Of(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return type.GetMethods(Declared).Where(
            method => method.MethodImplementationFlags.HasFlag(MethodImplAttributes.AggressiveOptimization));
    }
}
