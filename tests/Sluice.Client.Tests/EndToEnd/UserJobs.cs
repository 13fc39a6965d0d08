using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Sluice.Client.Tests;

/// <summary>The assembly with a user's jobs, as its build left it, and what can be wrong with one.</summary>
internal static class UserJobs
{
    public const string Name = "Sluice.UserJobs";
    public const string Library = "Sluice.UserJobs.Library";

    public static string Assembly { get; } = Path.Combine(Artifacts(), "bin", Name, "debug", $"{Name}.dll");

    public static string LibraryAssembly { get; } = Path.Combine(Path.GetDirectoryName(Assembly)!, $"{Library}.dll");

    /// <summary>The same without code, as compilers read it.</summary>
    public static string ReferenceAssembly { get; } =
        Path.Combine(Artifacts(), "obj", Name, "debug", "ref", $"{Name}.dll");

    /// <summary>A copy of the assembly and all that lies beside it.</summary>
    /// <returns>The copied assembly.</returns>
    public static string CopyTo(string directory)
    {
        Directory.CreateDirectory(directory);
        foreach (string file in Directory.GetFiles(Path.GetDirectoryName(Assembly)!))
        {
            File.Copy(file, Path.Combine(directory, Path.GetFileName(file)));
        }

        return Path.Combine(directory, $"{Name}.dll");
    }

    /// <summary>Lets an assembly look as if it had been built against another version of one it needs.</summary>
    public static void Need(string assembly, string needed, ushort major, ushort minor)
    {
        byte[] bytes = File.ReadAllBytes(assembly);
        using PEReader file = new(new MemoryStream(bytes));
        MetadataReader metadata = file.GetMetadataReader();
        AssemblyReferenceHandle reference = metadata.AssemblyReferences.Single(
            one => metadata.GetString(metadata.GetAssemblyReference(one).Name) == needed);

        // A row begins with the version, four numbers of 16 bits (ECMA-335, II.22.5).
        int row = file.PEHeaders.MetadataStartOffset
            + metadata.GetTableMetadataOffset(TableIndex.AssemblyRef)
            + ((MetadataTokens.GetRowNumber(reference) - 1) * metadata.GetTableRowSize(TableIndex.AssemblyRef));
        BitConverter.TryWriteBytes(bytes.AsSpan(row), major);
        BitConverter.TryWriteBytes(bytes.AsSpan(row + sizeof(ushort)), minor);
        File.WriteAllBytes(assembly, bytes);
    }

    private static string Artifacts()
    {
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Cluster.sln")))
        {
            root = root.Parent;
        }

        return Path.Combine(root!.FullName, "artifacts");
    }
}
