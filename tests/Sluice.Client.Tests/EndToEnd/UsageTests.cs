using System.Reflection;

namespace Sluice.Client.Tests;

public sealed class UsageTests : ConsoleTest
{
    private static bool HasClusters => typeof(Terminal).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Any(metadata => metadata is { Key: "Orleans", Value: "true" });

    public static TheoryData<string, int, string> WrongCalls => new()
    {
        { "sotr in --out out", 2, "SLU2001" },
        { "sort in --ouy out", 2, "SLU2002" },
        { "join a b --out out", 2, "SLU2003" },
        { "jobs retry", HasClusters ? 2 : 3, HasClusters ? "SLU2006" : "SLU2101" },
        { "sort in --out out --memory 5x", 2, "SLU2004" },
        { "dev --silos many", HasClusters ? 2 : 3, HasClusters ? "SLU2004" : "SLU2101" },
        { "dev --slots -5", HasClusters ? 2 : 3, HasClusters ? "SLU2004" : "SLU2101" },
        { "dev --memory 1", HasClusters ? 2 : 3, HasClusters ? "SLU1301" : "SLU2101" },
        { "dev --memory 900TiB", HasClusters ? 2 : 3, HasClusters ? "SLU1302" : "SLU2101" },
        { "srot sort", 2, "SLU2001" },
        { "silo run --config in", HasClusters ? 2 : 3, HasClusters ? "SLU1410" : "SLU2101" },
        { "jobs ls --limit -1 --cluster 127.0.0.1:1", HasClusters ? 2 : 3, HasClusters ? "SLU2004" : "SLU2101" },
        { "sort in --out out --parallelism 0", 2, "SLU2004" },
        { "sort in --out", 2, "SLU2005" },
        { "sort in", 2, "SLU2006" },
        { "sort --out out", 2, "SLU2006" },
        { "gen", 2, "SLU2006" },
        { "version again", 2, "SLU2007" },
        { "sort in --out out --detach", 2, "SLU2008" },
        { "sort in --out out --on-interrupt detach", 2, "SLU2008" },
        { "sort - --out out --cluster localhost:30000", 2, "SLU2009" },
        { "sort in --out out --format csv", 2, "SLU2010" },
        { "sort in --out out --key 2:n:desc", 2, "SLU2010" },
        { "sort in - --out out", 2, "SLU2011" },
        { "help SLU9999", 2, "SLU2014" },
        { "sort in --out out --cluster 127.0.0.1:1", 3, HasClusters ? "SLU2102" : "SLU2101" },
        { "sort in --out out --format xml", 2, "SLU1004" },
        { "sort in --out out --key 5-2", 2, "SLU1003" },
        { "sort in --out out --memory 1KiB", 2, "SLU1301" },
        { "sort in --out out --memory 900TiB", 2, "SLU1302" },
        { "bench pool --compare missing", 4, "SLU1101" },
        { "gen words --records 1 --out missing/out", 1, "SLU2202" },
        { "sort missing --out out", 4, "SLU1101" },
        { "sort *.none --out out", 4, "SLU1101" },
    };

    [Theory]
    [MemberData(nameof(WrongCalls))]
    public async Task A_wrong_call_says_what_where_and_what_to_do(string call, int exitCode, string code)
    {
        Write("in", "b\na\n");

        ConsoleResult result = await Run(call.Split(' '));

        code = call.Contains("*.none", StringComparison.Ordinal) ? "SLU1108" : code;
        AssertFails(result, exitCode, code);
        Assert.False(Directory.Exists(PathOf("out")), "The output was made.");
        AssertNoSpill();
    }

    [Theory]
    [InlineData("sotr", "sort")]
    [InlineData("worcdount", "wordcount")]
    [InlineData("clutser", "cluster")]
    public async Task A_misspelt_verb_suggests_the_nearest(string typed, string meant)
    {
        ConsoleResult result = await Run(typed);

        Assert.Contains($"did you mean '{meant}'?", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Sluice:Slots=many", "Sluice:Slots")]
    [InlineData("Sluice:Slots=-1", "Sluice:Slots")]
    [InlineData("Sluice:Slotz=4", "Sluice:Slotz")]
    [InlineData("Sluice:SegmentSize=1000", "Sluice:SegmentSize")]
    [InlineData("Sluice:MemoryBytes=-1", "Sluice:MemoryBytes")]
    [InlineData("Sluice:DiskWait=long", "Sluice:DiskWait")]
    [InlineData("Sluice:DrainTimeout=60", "Sluice:DrainTimeout")]
    [InlineData("Sluice:SpillDirectories=/mnt", "Sluice:SpillDirectories")]
    [InlineData("Sluice:Metrics=perhaps", "Sluice:Metrics")]
    [InlineData("Orleans:Endpoints:SiloPort=99999", "Orleans:Endpoints:SiloPort")]
    [InlineData("Orleans:Endpoints:AdvertisedIPAddress=here", "Orleans:Endpoints:AdvertisedIPAddress")]
    [InlineData("Orleans:Clustering:ProviderType=AdoNet", "Orleans:Clustering:ConnectionString")]
    [InlineData("Urls=nowhere", "Urls")]
    public async Task What_a_silo_cannot_be_told_is_refused_by_the_name_of_its_key(string setting, string key)
    {
        Assert.SkipUnless(HasClusters, "the verb belongs to clusters");

        ConsoleResult result = await Run("silo", "run", "--set", setting);

        AssertFails(result, 2, "SLU1410");
        Assert.Equal($"  --> {key}", result.ErrorLines[1]);
    }

    [Fact]
    public async Task A_silo_that_cannot_spill_where_it_is_told_says_where()
    {
        Assert.SkipUnless(HasClusters, "the verb belongs to clusters");
        string directory = Path.Combine(Write("in", "no directory\n"), "spill");
        int[] ports = TraceBackend.FreePorts(3);

        ConsoleResult result = await Run(
            "silo", "run",
            "--set", $"Sluice:SpillDirectories:0={directory}",
            "--set", $"Orleans:Endpoints:SiloPort={ports[0]}",
            "--set", $"Orleans:Endpoints:GatewayPort={ports[1]}",
            "--set", $"Urls=http://127.0.0.1:{ports[2]}");

        AssertFails(result, 2, "SLU1304");
        Assert.Equal($"  --> {directory}", result.ErrorLines[1]);
    }

    [Fact]
    public async Task What_cannot_be_written_is_said_without_names_that_nobody_gave()
    {
        ConsoleResult result = await Run("gen", "words", "--records", "1", "--out", "missing/words");

        Assert.Equal(
            "error[SLU2202]: the file cannot be written: its directory does not exist", result.ErrorLines[0]);
    }

    [Fact]
    public async Task One_record_is_told_in_the_singular()
    {
        Write("in", "a\n");
        Write("same", "a\na\n");

        ConsoleResult sorted = await Run("sort", "in", "--out", "out");
        ConsoleResult verified = await Run("verify", "sort", "same");

        Assert.Contains("  in          1 record, 2 B\n", sorted.Text, StringComparison.Ordinal);
        Assert.Contains("  out         1 record, 2 B, 1 part in ", sorted.Text, StringComparison.Ordinal);
        Assert.Contains("  certificate 1 record, checksum ", sorted.Text, StringComparison.Ordinal);
        Assert.Contains("  duplicates  1 key equals the one before\n", verified.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_option_should_be_is_said_in_words_of_the_console()
    {
        Assert.SkipUnless(HasClusters, "the option belongs to a verb of clusters");

        ConsoleResult result = await Run("dev", "--silos", "many");

        Assert.Equal("error[SLU2004]: 'many' is not a whole number", result.ErrorLines[0]);
        Assert.Equal("  --> --silos", result.ErrorLines[1]);
    }

    [Fact]
    public async Task The_version_says_whether_the_console_reaches_clusters()
    {
        ConsoleResult result = await Run("version", "-o", "json");

        Assert.Contains($"\"cluster\": {(HasClusters ? "true" : "false")}", result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_misspelt_option_suggests_the_nearest()
    {
        ConsoleResult result = await Run("sort", "in", "--out", "out", "--patitions", "3");

        Assert.Contains("did you mean '--partitions'?", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_code_that_is_printed_is_explained()
    {
        ConsoleResult result = await Run("help", "slu1201");

        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("SLU1201: ", result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_prints_the_plan_and_runs_nothing()
    {
        Write("in", "b\na\n");

        ConsoleResult result = await Run("explain", "sort", "in", "--partitions", "3", "-o", "json");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("\"schema\": \"sluice.plan/1\"", result.Text, StringComparison.Ordinal);
        Assert.Contains("3 ranges from stage 0", result.Text, StringComparison.Ordinal);
        Assert.False(Directory.Exists(PathOf("out")));
    }

    [Fact]
    public async Task Config_shows_each_value_with_its_origin_the_flag_before_the_environment_before_the_file()
    {
        Write("sluice.json", """{ "memory": "64MiB", "partitions": 7, "parallelism": 9, "output-format": "table" }""");

        ConsoleResult result = await Run("config", "show", "--origin", "--memory", "128MiB");

        string[][] rows =
            [.. result.Text.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        Assert.Contains(rows, row => row is ["memory", "128MiB", "--memory"]);
        Assert.Contains(rows, row => row is ["parallelism", "2", "SLUICE_PARALLELISM"]);
        Assert.Contains(
            rows, row => row is ["partitions", "7", _] && row[2].EndsWith("sluice.json", StringComparison.Ordinal));
        Assert.Contains(rows, row => row is ["quiet", "false", "default"]);
    }
}
