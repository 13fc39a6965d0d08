using System.Reflection.Metadata;

namespace Sluice.Jobs.Tests;

public class PlannerTests
{
    [Theory]
    [InlineData(0, 2, 1)]
    [InlineData((16 << 20) - 1, 2, 1)]
    [InlineData(16 << 20, 2, 4)]
    [InlineData(1L << 30, 2, 8)]
    [InlineData(1L << 30, 16, 32)]
    [InlineData(1L << 50, 2, 4096)]
    public void Partitions_fit_the_input(long bytes, int parallelism, int partitions) =>
        Assert.Equal(partitions, Planner.DefaultPartitions(bytes, parallelism));

    [Theory]
    [InlineData(0)]
    [InlineData(4097)]
    public void A_number_of_partitions_that_no_shuffle_has_is_refused(int partitions) => Assert.Equal(
        "SLU1002", Assert.Throws<SluiceException>(() => Plan(new SortJob(), partitions)).Error.Code);

    [Fact]
    public void A_sort_over_several_partitions_samples_first()
    {
        JobPlan plan = Plan(new SortJob(), 4);

        Assert.Equal(["sample", "map", "reduce"], plan.Stages.Select(stage => stage.Name));
        Assert.Equal([1, 3, 4], plan.Stages.Select(stage => stage.Tasks));
        ShuffleOutput shuffle = Assert.IsType<ShuffleOutput>(plan.Stages[1].Output);
        Assert.Equal((Partitioning.Range, 0), (shuffle.Partitioning, shuffle.BoundariesFrom));
        Assert.Equal([0], plan.Stages[1].Upstream);
        Assert.Equal([1], plan.Stages[2].Upstream);
    }

    [Fact]
    public void A_sort_into_one_partition_samples_nothing() =>
        Assert.Equal(["map", "reduce"], Plan(new SortJob(), 1).Stages.Select(stage => stage.Name));

    [Fact]
    public void Steps_between_shuffles_are_fused_and_top_has_one_partition()
    {
        JobPlan plan = Plan(new WordCountJob(), 4, new JobArguments().Add("top", "3"));

        Assert.Equal(["map", "middle", "reduce"], plan.Stages.Select(stage => stage.Name));
        Assert.Equal(["select many"], plan.Stages[0].Operators.Select(step => step.Name));
        Assert.Equal([3, 4, 1], plan.Stages.Select(stage => stage.Tasks));
    }

    [Fact]
    public void An_order_behind_another_shuffle_samples_what_that_wrote()
    {
        JobPlan plan = Plan(new LinesByCount(), 4);

        Assert.Equal(["map", "sample", "middle", "reduce"], plan.Stages.Select(stage => stage.Name));
        Assert.Equal([3, 1, 4, 4], plan.Stages.Select(stage => stage.Tasks));
        Assert.Equal([[], [0], [0, 1], [2]], plan.Stages.Select(stage => stage.Upstream));
        Assert.Equal(["select"], plan.Stages[1].Operators.Select(step => step.Name));
        ShuffleOutput shuffle = Assert.IsType<ShuffleOutput>(plan.Stages[2].Output);
        Assert.Equal((Partitioning.Range, 1), (shuffle.Partitioning, shuffle.BoundariesFrom));
    }

    [Theory]
    [InlineData(1, null)]
    [InlineData(4, "7")]
    public void An_order_of_what_one_task_makes_samples_nothing(int partitions, string? top)
    {
        JobArguments arguments = new();
        JobPlan plan = Plan(new LinesByCount(), partitions, top is null ? arguments : arguments.Add("top", top));

        Assert.DoesNotContain("sample", plan.Stages.Select(stage => stage.Name));
        Assert.Equal(1, plan.Stages[^1].Tasks);
    }

    private sealed class LinesByCount : IJob
    {
        public void Define(JobBuilder job)
        {
            Dataset<long> counts = job.Read(RecordFormat.Lines, "x").GroupBy(line => line.Length).Count()
                .Select(count => count.Value);
            counts = job.Arguments.FindInt32("top") is int top
                ? counts.Top(top, Sorting.KeyOrders.Natural<long>())
                : counts;
            counts.OrderBy(count => count).Select(count => $"{count}").Write("out");
        }
    }

    [Fact]
    public void The_fingerprint_tells_plans_apart_and_is_the_same_for_the_same()
    {
        string one = Plan(new SortJob(), 4).Fingerprint;

        Assert.Equal(one, Plan(new SortJob(), 4).Fingerprint);
        Assert.NotEqual(one, Plan(new SortJob(), 5).Fingerprint);
        Assert.NotEqual(one, Plan(new SortJob(), 4, new JobArguments().Add("unique", "true")).Fingerprint);
        Assert.NotEqual(one, Plan(new WordCountJob(), 4).Fingerprint);
    }

    [Theory]
    [InlineData("key", "9-3", "SLU1003")]
    [InlineData("key", "0", "SLU1003")]
    [InlineData("key", "a-b", "SLU1003")]
    [InlineData("key", "1-2-3", "SLU1003")]
    [InlineData("format", "parquet", "SLU1004")]
    [InlineData("unique", "perhaps", "SLU1002")]
    public void A_wrong_argument_is_named(string name, string value, string code)
    {
        SluiceException thrown = Assert.Throws<SluiceException>(
            () => Plan(new SortJob(), 1, new JobArguments().Add(name, value)));

        Assert.Equal((code, ErrorKind.Usage), (thrown.Error.Code, thrown.Error.Kind));
    }

    [Fact]
    public void A_job_that_writes_nothing_or_twice_or_orders_what_has_no_order_is_refused()
    {
        Assert.Equal("SLU1008", Fails(_ => { }));
        Assert.Equal("SLU1007", Fails(job =>
        {
            job.Read(RecordFormat.Lines, "x").Write("a", RecordFormat.Lines);
            job.Read(RecordFormat.Lines, "x").Write("b", RecordFormat.Lines);
        }));
        Assert.Equal(
            "SLU1005", Fails(job => job.Read(RecordFormat.Lines, "x").GroupBy(_ => new Version(1, 0)).Count()));
        Assert.Equal(
            "SLU1006",
            Fails(job => job.Read(RecordFormat.Lines, "x").Select(_ => new Version(1, 0)).OrderBy(v => v.Major)));
    }

    [Theory]
    [InlineData("1-10", "abcdefghijklm", "abcdefghij")]
    [InlineData("3-", "abcde", "cde")]
    [InlineData("2", "abc", "b")]
    [InlineData("5-9", "abc", "")]
    public void A_byte_key_is_cut_from_its_record(string key, string record, string expected) => Assert.Equal(
        expected,
        System.Text.Encoding.ASCII.GetString(ByteKey.Parse(key).Of(System.Text.Encoding.ASCII.GetBytes(record))));

    [Fact]
    public void Every_code_is_explained_once_and_every_error_has_a_next_action()
    {
        foreach (System.Reflection.MethodInfo factory in typeof(SluiceErrors).GetMethods()
            .Where(m => m.ReturnType == typeof(SluiceError)))
        {
            object[] arguments = [.. factory.GetParameters().Select(parameter => ExampleOf(parameter.ParameterType))];
            SluiceError error = (SluiceError)factory.Invoke(null, arguments)!;
            Assert.True(SluiceErrors.Catalogue.ContainsKey(error.Code), error.Code);
            Assert.NotEmpty(error.Help);
        }
    }

    private static object ExampleOf(Type type) =>
        type == typeof(string) ? "x"
        : type == typeof(SluiceError) ? SluiceErrors.Cancelled("x")
        : type == typeof(AssemblyNameInfo) ? AssemblyNameInfo.Parse("x, Version=1.0.0.0")
        : Convert.ChangeType(1, type, null);

    private static string Fails(Action<JobBuilder> define) =>
        Assert.Throws<SluiceException>(() => Planner.Define(new Defined(define), new JobArguments())).Error.Code;

    private static JobPlan Plan(IJob job, int partitions, JobArguments? arguments = null)
    {
        arguments = (arguments ?? new JobArguments()).Add("input", "x").Add("out", "y");
        return Planner.Plan(Planner.Define(job, arguments), arguments, new PlanOptions
        {
            InputBytes = 1 << 30,
            Splits = 3,
            Parallelism = 2,
            Partitions = partitions,
        });
    }

    private sealed class Defined(Action<JobBuilder> define) : IJob
    {
        public void Define(JobBuilder job) => define(job);
    }
}
