namespace Sluice.Jobs.Tests;

public sealed class JobCatalogTests
{
    [Fact]
    public void A_job_is_called_as_it_is_registered_or_by_its_attribute_or_its_class()
    {
        JobCatalog catalog = new JobCatalog().Add<Plain>().Add<Attributed>().Add<Derived>().Add<SortJob>("given");

        Assert.Equal(["Derived", "Plain", "given", "named", "sort", "wordcount"], catalog.Names);
        Assert.IsType<Attributed>(catalog.Create("named"));
        Assert.IsType<Plain>(catalog.Create("Plain"));
    }

    [Fact]
    public void Two_jobs_cannot_have_one_name() =>
        Assert.Throws<ArgumentException>(() => new JobCatalog().Add<Attributed>().Add<Plain>("named"));

    private class Plain : IJob
    {
        public void Define(JobBuilder job) => throw new NotSupportedException();
    }

    [JobName("named")]
    private class Attributed : Plain;

    private sealed class Derived : Attributed;
}
