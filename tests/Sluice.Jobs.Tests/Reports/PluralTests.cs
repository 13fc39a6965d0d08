namespace Sluice.Jobs.Tests;

public class PluralTests
{
    [Theory]
    [InlineData(0, "part", "parts")]
    [InlineData(1, "part", "part")]
    [InlineData(2, "part", "parts")]
    [InlineData(1, "merge pass", "merge pass")]
    [InlineData(3, "merge pass", "merge passes")]
    public void A_noun_takes_the_form_of_its_count(long count, string one, string expected) =>
        Assert.Equal(expected, Plural.Of(count, one));
}
