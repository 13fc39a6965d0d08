namespace Sluice.Client.Tests;

public sealed class UsageCheckTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    [Theory]
    [InlineData("srot --memory 3", "SLU2001", "did you mean 'sort'?")]
    [InlineData("gen wrods", "SLU2001", "did you mean 'words'?")]
    [InlineData("gen orders --records 5", "SLU2003", "use gen gensort or gen words")]
    [InlineData("jobs --help", "SLU2101", "leave --cluster out")]
    [InlineData("help jobs", "SLU2101", "leave --cluster out")]
    [InlineData("help slu120", "SLU2014", "did you mean 'SLU1201'?")]
    [InlineData("run Some --cluster localhost:1", "SLU2101", "leave --cluster out")]
    [InlineData("run --cluster localhost:1", "SLU2006", "see sluice run --help")]
    [InlineData("run Some --assembly s3://bucket/jobs.dll", "SLU2015", "mounted")]
    [InlineData("run Some --arg input=- --cluster localhost:1", "SLU2009", "every silo reaches")]
    [InlineData("sort a --out b --memry 3", "SLU2002", "did you mean '--memory'?")]
    [InlineData("sort a --out b --quite", "SLU2002", "did you mean '--quiet'?")]
    [InlineData("explain sort - --out b", "SLU2011", "name files")]
    [InlineData("verify sort a --format csv", "SLU2010", "--format lines or gensort")]
    [InlineData("verify sort a --key name", "SLU2010", "--key FIRST-LAST")]
    [InlineData("wordcount a --out b --top 0", "SLU2004", "--top 10")]
    [InlineData("wordcount a --out b --top 3 --top 4", "SLU2004", "give it once")]
    [InlineData("sort a --out b --out c", "SLU2004", "give it once")]
    [InlineData("verify sort -", "SLU2011", "name files")]
    [InlineData("group a --by b", "SLU2003", "sluice run")]
    [InlineData("gen gensort --records 9223372036854775807 --out x", "SLU2004", "write it like")]
    [InlineData("bench shuffle --fail-over 10%", "SLU2006", "see sluice bench shuffle --help")]
    [InlineData("sort s3://bucket/key --out out", "SLU2015", "mounted")]
    [InlineData("wordcount in --out s3://bucket/counts", "SLU2015", "mounted")]
    [InlineData("verify sort https://host/sorted", "SLU2015", "mounted")]
    [InlineData("gen words --records 1 --out gs://bucket/words", "SLU2015", "mounted")]
    [InlineData("sort in --out out --unique=maybe", "SLU2004", "--unique=true")]
    [InlineData("sort in --out out --overwrite:1", "SLU2004", "--overwrite=true")]
    [InlineData("version -q=no", "SLU2004", "-q=true")]
    public async Task A_wrong_call_is_refused_with_the_next_action(string call, string code, string help)
    {
        ConsoleRun console = new();

        int exitCode = await console.RunAsync(new NotingRunner(), _directory.Path, call.Split(' '));

        Assert.Equal(code == "SLU2101" ? 3 : 2, exitCode);
        Assert.StartsWith($"error[{code}]: ", console.Error, StringComparison.Ordinal);
        Assert.Contains(help, console.Error.Split('\n')[2], StringComparison.Ordinal);
        Assert.Empty(console.Output);
    }

    [Theory]
    [InlineData("sort|in|--out|")]
    [InlineData("sort||--out|out")]
    [InlineData("sort|in|--out|out|--spill-dir|")]
    [InlineData("wordcount||in|--out|out")]
    [InlineData("explain|sort|")]
    [InlineData("verify|sort|")]
    [InlineData("gen|words|--records|1|--out|")]
    public async Task An_empty_path_is_no_path(string call)
    {
        ConsoleRun console = new();

        int exitCode = await console.RunAsync(new NotingRunner(), _directory.Path, call.Split('|'));

        Assert.Equal(2, exitCode);
        Assert.StartsWith("error[SLU2004]: '' is not a path", console.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_name_is_no_name()
    {
        ConsoleRun console = new();

        int exitCode = await console.RunAsync(
            new NotingRunner(), _directory.Path, "sort", "in", "--out", "out", "--name", "");

        Assert.Equal(2, exitCode);
        Assert.StartsWith("error[SLU2004]: '' is not a name", console.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Behind_two_dashes_a_name_may_begin_with_one()
    {
        NotingRunner runner = new();

        int exitCode = await new ConsoleRun().RunAsync(
            runner, _directory.Path, "sort", "--out", _directory.File("out"), "--", "-odd");

        Assert.Equal(0, exitCode);
        Assert.Equal([Path.GetFullPath("-odd")], runner.Request!.Arguments.GetAll("input"));
    }

    [Fact]
    public async Task A_name_with_a_colon_is_a_path()
    {
        NotingRunner runner = new();

        int exitCode = await new ConsoleRun().RunAsync(
            runner,
            _directory.Path,
            "sort",
            "./s3://bucket",
            "--unique=true",
            "--out",
            _directory.File("a:b"),
            "--",
            "--unique=maybe");

        Assert.Equal(0, exitCode);
        Assert.Equal(
            [Path.GetFullPath("s3:/bucket"), Path.GetFullPath("--unique=maybe")],
            runner.Request!.Arguments.GetAll("input"));
    }

    [Theory]
    [InlineData("-o json version")]
    [InlineData("version -o json")]
    public async Task Printing_options_stand_before_or_behind_the_verb(string call)
    {
        ConsoleRun console = new();

        int exitCode = await console.RunAsync(new NotingRunner(), _directory.Path, call.Split(' '));

        Assert.Equal(0, exitCode);
        Assert.Contains("\"schema\": \"sluice.version/1\"", console.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("sort --help")]
    [InlineData("help sort")]
    [InlineData("gen gensort --help")]
    public async Task Help_ends_with_commands_that_work(string call)
    {
        ConsoleRun console = new();

        int exitCode = await console.RunAsync(new NotingRunner(), _directory.Path, call.Split(' '));

        Assert.Equal((0, ""), (exitCode, console.Error));
        Assert.Contains("Examples:\n  sluice ", console.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Dispose();
}
