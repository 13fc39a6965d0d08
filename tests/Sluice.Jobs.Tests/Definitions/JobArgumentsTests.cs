namespace Sluice.Jobs.Tests;

public sealed class JobArgumentsTests
{
    [Fact]
    public void Names_that_nobody_asks_for_are_known()
    {
        JobArguments arguments = new JobArguments().Add("input", "a", "b").Add("colour", "red").Add("out", "c");

        arguments.GetAll("input");
        arguments.Get("out");
        arguments.IsOn("unique");

        Assert.Equal(["colour"], arguments.Unasked);
        Assert.Equal(["input", "out", "unique"], arguments.Asked);
    }

    [Fact]
    public void Who_asks_for_all_has_asked_for_each()
    {
        JobArguments arguments = new JobArguments().Add("input", "a").Add("colour", "red");

        Assert.Equal(["colour", "input"], arguments.All.Select(argument => argument.Key));
        Assert.Empty(arguments.Unasked);
    }
}
