using Sluice.Jobs;

namespace Sluice.Client.Tests;

public sealed class SettingsTests
{
    private const long Machine = 16L << 30;

    [Fact]
    public void Resolve_takes_the_flag_before_the_environment_before_the_file_before_the_default()
    {
        using TemporaryDirectory directory = new();
        directory.Write("sluice.json", """{ "memory": "1MiB", "partitions": 3, "parallelism": 5 }"""u8);
        TableSource flags = new("flag", ("memory", "3MiB"));
        EnvironmentSource environment = new(Variables(("SLUICE_MEMORY", "2MiB"), ("SLUICE_PARTITIONS", "4")));

        Settings settings = Settings.Resolve(new SettingSources(flags, environment, FileSource.In(directory.Path)));

        Assert.Equal((3L << 20, "flag"), (settings.Memory.Value, settings.Memory.Origin));
        Assert.Equal((4, "SLUICE_PARTITIONS"), (settings.Partitions.Value, settings.Partitions.Origin));
        Assert.Equal((5, directory.File("sluice.json")), (settings.Parallelism.Value, settings.Parallelism.Origin));
        Assert.Equal((OutputFormat.Table, "default"), (settings.OutputFormat.Value, settings.OutputFormat.Origin));
    }

    [Theory]
    [InlineData("all", 1)]
    [InlineData("off", 0)]
    [InlineData("1/1", 1)]
    [InlineData("1/64", 64)]
    public void Trace_buffers_is_one_in_so_many_and_nothing_unless_asked_for(string text, int expected)
    {
        Settings asked = Settings.Resolve(new SettingSources(new TableSource("flag", ("trace-buffers", text))));
        Settings unasked = Settings.Resolve(new SettingSources());

        Assert.Equal((expected, expected), (asked.TraceBuffersAsked, asked.EngineOptions.TraceBuffers));
        Assert.Equal(
            (1024, null, null),
            (unasked.TraceBuffers.Value, unasked.TraceBuffersAsked, unasked.EngineOptions.TraceBuffers));
    }

    [Fact]
    public void Trace_link_is_an_address_with_the_trace_in_it()
    {
        Settings settings = Settings.Resolve(
            new SettingSources(new TableSource("flag", ("trace-link", "http://here/{traceId}?a"))));

        Assert.Equal("http://here/abc?a", TraceLink.Of(settings, "abc"));
        Assert.Null(TraceLink.Of(settings, ""));
        Assert.Null(TraceLink.Of(Settings.Resolve(new SettingSources()), "abc"));
    }

    [Theory]
    [InlineData(Machine, 1L << 30)]
    [InlineData(4L << 30, 1L << 30)]
    [InlineData(2L << 30, 512L << 20)]
    [InlineData((1L << 30) + 12345, 256L << 20)]
    [InlineData(1, 1L << 20)]
    public void DefaultMemory_is_the_smaller_of_a_gibibyte_and_a_quarter_of_the_machine(long machine, long expected) =>
        Assert.Equal(expected, Settings.DefaultMemory(machine));

    [Fact]
    public void Spill_directories_come_as_several_flags_as_a_path_list_and_as_an_array()
    {
        using TemporaryDirectory directory = new();
        directory.Write("sluice.json", """{ "spill-dir": ["/e", "/f"] }"""u8);
        EnvironmentSource environment = new(Variables(("SLUICE_SPILL_DIR", $"/c{Path.PathSeparator}/d")));

        Assert.Equal(
            ["/a", "/b"], Spill(new TableSource("flag", ("spill-dir", "/a"), ("spill-dir", "/b")), environment));
        Assert.Equal(["/c", "/d"], Spill(environment, FileSource.In(directory.Path)));
        Assert.Equal(["/e", "/f"], Spill(FileSource.In(directory.Path)));
    }

    [Fact]
    public void NO_COLOR_counts_when_it_is_not_empty_and_nothing_stronger_speaks()
    {
        Assert.True(NoColor(("NO_COLOR", "1")));
        Assert.False(NoColor(("NO_COLOR", "")));
        Assert.False(NoColor(("NO_COLOR", "1"), ("SLUICE_NO_COLOR", "false")));
    }

    [Theory]
    [InlineData("memory", "0", "SLU2004")]
    [InlineData("memory", "much", "SLU2004")]
    [InlineData("parallelism", "0", "SLU2004")]
    [InlineData("partitions", "4097", "SLU2004")]
    [InlineData("trace-buffers", "1/0", "SLU2004")]
    [InlineData("trace-buffers", "1/-3", "SLU2004")]
    [InlineData("trace-buffers", "2/3", "SLU2004")]
    [InlineData("trace-buffers", "some", "SLU2004")]
    [InlineData("trace-link", "http://localhost/trace", "SLU2004")]
    [InlineData("output-format", "xml", "SLU2004")]
    [InlineData("quiet", "maybe", "SLU2004")]
    public void Resolve_names_the_origin_of_a_value_it_cannot_read(string name, string text, string code)
    {
        SluiceException exception = Assert.Throws<SluiceException>(
            () => Settings.Resolve(new SettingSources(new TableSource("here", (name, text)))));

        Assert.Equal(
            (code, "here", ErrorKind.Usage), (exception.Error.Code, exception.Error.Where, exception.Error.Kind));
    }

    [Theory]
    [InlineData("""{ "memroy": "1MiB" }""", "SLU2013", "did you mean 'memory'?")]
    [InlineData("""{ "memory": """, "SLU2012", "write it like")]
    [InlineData("""[]""", "SLU2012", "write it like")]
    [InlineData("""{ "memory": {} }""", "SLU2012", "write it like")]
    public void A_file_that_cannot_be_used_is_named(string text, string code, string help)
    {
        using TemporaryDirectory directory = new();
        directory.Write("sluice.json", System.Text.Encoding.UTF8.GetBytes(text));

        SluiceException exception = Assert.Throws<SluiceException>(() => FileSource.In(directory.Path));

        Assert.Equal((code, directory.File("sluice.json")), (exception.Error.Code, exception.Error.Where));
        Assert.StartsWith(help, exception.Error.Help, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_of_a_file_that_cannot_be_read_is_named_with_its_setting()
    {
        using TemporaryDirectory directory = new();
        directory.Write("sluice.json", """{ "parallelism": 2, "memory": true }"""u8);

        SluiceException exception = Assert.Throws<SluiceException>(
            () => Settings.Resolve(new SettingSources(FileSource.In(directory.Path))));

        Assert.Equal(
            ("SLU2004", $"\"memory\" in {directory.File("sluice.json")}"),
            (exception.Error.Code, exception.Error.Where));
    }

    private static IReadOnlyList<string> Spill(params ISettingSource[] sources) =>
        Settings.Resolve(new SettingSources(sources)).SpillDirectories.Value;

    private static bool NoColor(params (string Name, string Value)[] variables) =>
        Settings.Resolve(new SettingSources(new EnvironmentSource(Variables(variables)))).NoColor.Value;

    private static Func<string, string?> Variables(params (string Name, string Value)[] variables) =>
        name => variables.FirstOrDefault(variable => variable.Name == name).Value;

    /// <summary>Says what it was told.</summary>
    private sealed class TableSource(string origin, params (string Name, string Text)[] settings) : ISettingSource
    {
        public (IReadOnlyList<string> Texts, string Origin)? Find(string name)
        {
            string[] texts = [.. settings.Where(setting => setting.Name == name).Select(setting => setting.Text)];
            return texts.Length == 0 ? null : (texts, origin);
        }
    }
}
