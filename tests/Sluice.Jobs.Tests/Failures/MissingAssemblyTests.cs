using System.Reflection;

namespace Sluice.Jobs.Tests;

public sealed class MissingAssemblyTests
{
    [Fact]
    public void An_assembly_that_the_runtime_does_not_find_is_named()
    {
        FileNotFoundException thrown = Assert.Throws<FileNotFoundException>(
            () => Assembly.Load("Nobody.Has.This, Version=1.2.3.0"));

        Assert.Equal("Nobody.Has.This", MissingAssembly.Of(thrown)?.Name);
        Assert.Equal(
            new Version(1, 2, 3, 0), MissingAssembly.Of(new TypeInitializationException("x", thrown))?.Version);
    }

    [Theory]
    [InlineData("/data/in")]
    [InlineData("/data/a, Version=1.0")]
    [InlineData("a, Version=one")]
    [InlineData("")]
    [InlineData(null)]
    public void A_file_is_no_assembly(string? path)
    {
        Assert.Null(MissingAssembly.Of(new FileNotFoundException("no such file", path)));
        Assert.Null(MissingAssembly.Of(new IOException("no such file")));
    }
}
