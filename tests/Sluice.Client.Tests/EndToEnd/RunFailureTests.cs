namespace Sluice.Client.Tests;

/// <summary>Every way in which an assembly, a class or a command line can keep a job from running.</summary>
public sealed class RunFailureTests : ConsoleTest
{
    private const string Whole = " --arg input=in --arg out=out";

    public static TheoryData<string, int, string, string> WrongCalls => new()
    {
        { $"run LineLengths{Whole}", 2, "SLU2006", "--assembly FILE or --cluster HOST:PORT is missing" },
        { "run --assembly JOBS", 2, "SLU2006", "jobs are Chatty, DefinedByLibrary, DerivedFromLibrary, LineLengths," },
        { $"run LineLengths --assembly JOBS --cluster localhost:1{Whole}", 2, "SLU2016", "'--cluster'" },
        { $"run LineLengths --assembly JOBS --detach{Whole}", 2, "SLU2016", "'--detach'" },
        { $"run LineLengths --assembly JOBS --on-interrupt detach{Whole}", 2, "SLU2016", "'--on-interrupt'" },
        { "run LineLengths --assembly JOBS --arg input", 2, "SLU2004", "like --arg input=" },
        { "run LineLengths --assembly JOBS --arg out=out", 2, "SLU1001", "--arg input=VALUE" },
        { "run LineLengths --assembly JOBS --arg input=in", 2, "SLU1001", "--arg out=VALUE" },
        { "run SortRecords --assembly JOBS --arg out=out", 2, "SLU1001", "asks for out, records" },
        { "run LineLengths --assembly JOBS --arg input=in --arg out=a --arg out=b", 2, "SLU1002", "more than once" },
        { $"run LineLengths --assembly JOBS{Whole} --arg input=-", 2, "SLU2011", "mixed" },
        { $"explain run LineLengths --assembly JOBS --arg input=- --arg out=out", 2, "SLU2011", "name files" },
        { $"run LineLengths --assembly missing.dll{Whole}", 4, "SLU2301", "missing.dll" },
        { $"run LineLengths --assembly text.dll{Whole}", 2, "SLU2302", "no .NET assembly" },
        { $"run LineLengths --assembly empty.dll{Whole}", 2, "SLU2302", "no .NET assembly" },
        { $"run LineLengths --assembly /bin/sh{Whole}", 2, "SLU2302", "no .NET assembly" },
        { $"run LineLengths --assembly REFERENCE{Whole}", 2, "SLU2302", "reference assembly" },
        { $"run LineLengths --assembly .{Whole}", 2, "SLU2302", "a directory" },
        { $"run LineLengths --assembly LIBRARY{Whole}", 4, "SLU2304", "no class of the assembly is a job" },
        { $"run linelengths --assembly JOBS{Whole}", 4, "SLU2305", "did you mean 'LineLengths'?" },
        { $"run Elsewhere --assembly JOBS{Whole}", 4, "SLU2305", "Sluice.UserJobs.West.Twin" },
        { $"run Twin --assembly JOBS{Whole}", 2, "SLU2306", "Sluice.UserJobs.East.Twin, Sluice.UserJobs.West.Twin" },
        { $"run Half --assembly JOBS{Whole}", 2, "SLU2307", "it is abstract" },
        { $"run Generic`1 --assembly JOBS{Whole}", 2, "SLU2307", "it is generic" },
        { $"run Demanding --assembly JOBS{Whole}", 2, "SLU2307", "no public constructor without parameters" },
        { $"run Unmade --assembly JOBS{Whole}", 2, "SLU2307", "InvalidOperationException: not on a Sunday" },
        { $"run Forgetful --assembly JOBS{Whole}", 2, "SLU2307", "does not implement IJob" },
        { $"run Undefined --assembly JOBS{Whole}", 2, "SLU1011", "NotSupportedException: no such job today" },
        { $"run Throwing --assembly JOBS{Whole}", 1, "SLU1402", "InvalidDataException: this line cannot be" },
        { "run LineLengths --assembly JOBS --arg input=in --arg out=.", 5, "SLU1201", "name another output" },
        { $"run LineLengths --assembly JOBS{Whole} --memory 1KiB", 2, "SLU1301", "--memory" },
    };

    [Theory]
    [MemberData(nameof(WrongCalls))]
    public async Task What_keeps_a_job_from_running_is_three_lines_and_a_code(
        string call, int exitCode, string code, string says)
    {
        Write("in", "b\na\n");
        Write("text.dll", "no assembly at all");
        Write("empty.dll", "");
        call = call.Replace("JOBS", UserJobs.Assembly, StringComparison.Ordinal)
            .Replace("REFERENCE", UserJobs.ReferenceAssembly, StringComparison.Ordinal)
            .Replace("LIBRARY", UserJobs.LibraryAssembly, StringComparison.Ordinal);

        ConsoleResult result = await Run(call.Split(' '));

        AssertFails(result, exitCode, code);
        Assert.Contains(says, result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(PathOf("out")), "The output was made.");
        AssertNoSpill();
    }

    [Theory]
    [InlineData("VowelCounts")]
    [InlineData("DefinedByLibrary")]
    [InlineData("MadeByLibrary")]
    [InlineData("DerivedFromLibrary")]
    public async Task A_library_that_is_missing_is_named(string job)
    {
        Write("in", "b\na\n");
        string assembly = UserJobs.CopyTo(PathOf("jobs"));
        File.Delete(PathOf($"jobs/{UserJobs.Library}.dll"));

        ConsoleResult result = await Run("run", job, "--assembly", assembly, "--arg", "input=in", "--arg", "out=out");

        AssertFails(result, 2, "SLU1012");
        Assert.Contains($"needs {UserJobs.Library} 0.1.0.0", result.ErrorLines[0], StringComparison.Ordinal);
        Assert.Contains($"put {UserJobs.Library}.dll beside", result.ErrorLines[2], StringComparison.Ordinal);
        AssertNoSpill();
    }

    [Fact]
    public async Task A_job_that_needs_no_missing_library_runs_without_it()
    {
        Write("in", "b\na\n");
        string assembly = UserJobs.CopyTo(PathOf("jobs"));
        File.Delete(PathOf($"jobs/{UserJobs.Library}.dll"));

        ConsoleResult result = await Run(
            "run", "copy-lines", "--assembly", assembly, "--arg", "input=in", "--arg", "out=out");

        Assert.Equal((0, "a\nb\n"), (result.ExitCode, System.Text.Encoding.UTF8.GetString(Parts())));
    }

    [Theory]
    [InlineData("Sluice.Jobs", 9, 1, "against Sluice.Jobs 9.1.0, and this console has 0.1.0")]
    [InlineData("Sluice.Jobs", 0, 2, "against Sluice.Jobs 0.2.0, and this console has 0.1.0")]
    [InlineData("Sluice.Jobs", 0, 0, "against Sluice.Jobs 0.0.0, and this console has 0.1.0")]
    [InlineData("System.Runtime", 99, 0, "against .NET 99, and this console has 10")]
    public async Task A_job_of_another_version_is_refused(string needed, int major, int minor, string says)
    {
        Write("in", "b\na\n");
        string assembly = UserJobs.CopyTo(PathOf("jobs"));
        UserJobs.Need(assembly, needed, (ushort)major, (ushort)minor);

        ConsoleResult result = await Run(
            "run", "LineLengths", "--assembly", assembly, "--arg", "input=in", "--arg", "out=out");

        AssertFails(result, 2, "SLU2303");
        Assert.Contains(says, result.ErrorLines[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Unmade", "Sluice.UserJobs.Unmade..ctor()")]
    [InlineData("Undefined", "Sluice.UserJobs.Undefined.Define(")]
    [InlineData("Throwing", "Sluice.UserJobs.Throwing.")]
    public async Task The_place_in_the_jobs_own_code_is_told_when_it_is_asked_for(string job, string place)
    {
        Write("in", "b\na\n");

        ConsoleResult result = await Run(
            "run", job, "--assembly", UserJobs.Assembly, "--arg", "input=in", "--arg", "out=out", "-v");

        Assert.Contains(place, result.Error, StringComparison.Ordinal);
    }
}
