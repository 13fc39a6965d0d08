using Sluice.Sorting;

namespace Sluice.Engine.Tests;

/// <summary>What is compiled before the first record comes.</summary>
public sealed class WarmUpTests
{
    [Fact]
    public void Every_type_with_loops_over_bytes_is_compiled_before()
    {
        IEnumerable<Type> marked = typeof(WarmUp).Assembly.GetTypes()
            .Where(type => !type.IsGenericType && HotLoops.Of(type).Any());

        Assert.Empty(marked.Except(WarmUp.Types));
    }

    [Fact]
    public void Types_that_it_names_have_something_to_compile() =>
        Assert.All(WarmUp.Types, type => Assert.NotEmpty(HotLoops.Of(type)));
}
