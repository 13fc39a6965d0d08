using System.Runtime;
using System.Runtime.CompilerServices;

namespace Sluice.Sorting.Tests;

/// <summary>Loops over records are compiled before the first record comes.</summary>
public sealed class HotLoopsTests
{
    [Fact]
    public void Every_type_with_marked_methods_is_named()
    {
        IEnumerable<Type> marked =
            typeof(HotLoops).Assembly.GetTypes().Where(type => HotLoops.Of(type).Any());

        Assert.Equal(
            marked.Select(type => type.Name).Order(StringComparer.Ordinal),
            HotLoops.Types.Select(type => type.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_was_compiled_is_not_compiled_at_its_first_call()
    {
        long before = JitInfo.GetCompiledMethodCount(currentThread: true);
        HotLoops.Compile([typeof(Marked<long>)]);
        long prepared = JitInfo.GetCompiledMethodCount(currentThread: true);

        int size = Marked<long>.Size();
        long called = JitInfo.GetCompiledMethodCount(currentThread: true);

        Assert.Equal(sizeof(long), size);
        Assert.True(prepared > before, "Nothing was compiled.");
        Assert.Equal(prepared, called);
    }

    private static class Marked<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static int Size() => Unsafe.SizeOf<T>();
    }
}
