using Sluice.Exchange;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine.Tests;

/// <summary>What goes wrong while a job runs, and what is left afterwards: nothing.</summary>
public sealed class FailureTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_operator_that_throws_once_is_tried_again()
    {
        int thrown = 0;
        Upper job = new(
            _ => Interlocked.Increment(ref thrown) == 5 ? throw new InvalidOperationException("once") : true);

        JobReport report = await Run(job);

        Assert.Equal(1000, report.Certificate.Records);
        Assert.Equal(report.Stages[0].Tasks + 1, report.Stages[0].Attempts);
        AssertNothingLeftBut("out");
    }

    [Fact]
    public async Task An_operator_that_always_throws_fails_the_job_with_its_first_cause_after_three_tries()
    {
        int tries = 0;
        Upper job = new(_ => throw new InvalidOperationException($"cause {Interlocked.Increment(ref tries)}"));

        SluiceException thrown = await Assert.ThrowsAsync<SluiceException>(() => Run(job, parallelism: 1));

        Assert.Equal("SLU1402", thrown.Error.Code);
        Assert.Contains("cause 1", thrown.Error.What, StringComparison.Ordinal);
        Assert.Equal(3, tries);
        AssertNothingLeftBut();
    }

    [Fact]
    public async Task A_cancelled_job_leaves_nothing()
    {
        using CancellationTokenSource cancel = new();
        int lines = 0;
        Upper job = new(_ =>
        {
            int line = Interlocked.Increment(ref lines);
            if (line == 20)
            {
                cancel.Cancel();
            }
            else if (line > 20)
            {
                // The cancellation goes through the job's thread: the tasks must not be done before it arrives.
                Thread.Sleep(1);
            }

            return true;
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Run(job, cancel: cancel.Token));

        Assert.True(lines < 1000, "The job ran to its end.");
        AssertNothingLeftBut();
    }

    [Fact]
    public async Task A_file_that_grows_while_it_is_read_fails_the_job()
    {
        string input = _folder.Write("in", Lines());
        Upper job = new(_ =>
        {
            File.AppendAllText(input, "more\n");
            return true;
        });

        SluiceException thrown = await Assert.ThrowsAsync<SluiceException>(() => Run(job, input));

        Assert.Equal("SLU1106", thrown.Error.Code);
        AssertNothingLeftBut();
    }

    [Fact]
    public async Task A_record_beyond_half_the_memory_is_named_with_place_and_memory_needed()
    {
        string input = _folder.Write("in", "short\n" + new string('x', 200_000) + "\nlast\n");

        SluiceException thrown = await Assert.ThrowsAsync<SluiceException>(() => Run(new SortJob(), input));

        Assert.Equal("SLU1107", thrown.Error.Code);
        Assert.Contains("byte 6", thrown.Error.Where, StringComparison.Ordinal);
        Assert.Contains("--memory", thrown.Error.Help, StringComparison.Ordinal);
        AssertNothingLeftBut();
    }

    [Fact]
    public async Task A_lost_output_reruns_only_the_task_that_made_it()
    {
        int lost = 0;
        string input = _folder.Write("in", Lines());
        EnginePorts ports = new()
        {
            Transport = outputs => new LosingTransport(outputs, () => Interlocked.Increment(ref lost) == 1),
        };
        using InProcessEngine engine = new(Options(2), ports);

        JobReport report = await Run(engine, new SortJob(), input, default);

        Assert.Equal(1000, report.Certificate.Records);
        StageReport map = report.Stages.Single(stage => stage.Name == "map");
        Assert.Equal(map.Tasks + 1, map.Attempts);
    }

    [Fact]
    public async Task Overwrite_keeps_the_old_output_when_the_job_fails()
    {
        string input = _folder.Write("in", Lines());
        await Run(new SortJob(), input);
        string before = File.ReadAllText(_folder["out/part-00000"]);

        await Assert.ThrowsAsync<SluiceException>(
            () => Run(new Upper(_ => throw new InvalidOperationException("no")), input, overwrite: true));

        Assert.Equal(before, File.ReadAllText(_folder["out/part-00000"]));
        AssertNothingLeftBut("out");
    }

    [Fact]
    public async Task An_output_that_exists_is_refused_before_anything_runs()
    {
        string input = _folder.Write("in", Lines());
        _folder.Write("out/mine", "precious");

        SluiceException thrown = await Assert.ThrowsAsync<SluiceException>(() => Run(new SortJob(), input));

        Assert.Equal(("SLU1201", ErrorKind.Conflict), (thrown.Error.Code, thrown.Error.Kind));
        Assert.Equal("precious", File.ReadAllText(_folder["out/mine"]));
    }

    [Fact]
    public void Too_little_memory_is_refused_with_the_least_that_works()
    {
        long least = EngineOptions.LeastMemory(2, 1024);

        SluiceException thrown = Assert.Throws<SluiceException>(
            () => new InProcessEngine(Options(2) with { MemoryBytes = least - 1 }));

        Assert.Equal("SLU1301", thrown.Error.Code);
        Assert.Contains($"{least / 1024}KiB", thrown.Error.Help, StringComparison.Ordinal);
        new InProcessEngine(Options(2) with { MemoryBytes = least }).Dispose();
    }

    [Fact]
    public void An_option_that_cannot_be_used_is_named_before_anything_runs()
    {
        AssertNamed<ArgumentOutOfRangeException>("SegmentSize", options => options with { SegmentSize = 1000 });
        AssertNamed<ArgumentOutOfRangeException>("SegmentSize", options => options with { SegmentSize = 0 });
        AssertNamed<ArgumentOutOfRangeException>(
            "DiskWait", options => options with { DiskWait = -TimeSpan.FromSeconds(1) });
        AssertNamed<ArgumentOutOfRangeException>("TraceBuffers", options => options with { TraceBuffers = -1 });
        AssertNamed<ArgumentException>("SpillDirectories", options => options with { SpillDirectories = [] });
        AssertNamed<ArgumentNullException>("SpillDirectories", options => options with { SpillDirectories = null! });
    }

    private void AssertNamed<T>(string name, Func<EngineOptions, EngineOptions> change)
        where T : ArgumentException =>
        Assert.Equal(name, Assert.Throws<T>(() => new InProcessEngine(change(Options(2)))).ParamName);

    private static string Lines() =>
        string.Concat(Enumerable.Range(0, 1000).Select(i => $"line {i * 7919 % 1000:D4}\n"));

    private EngineOptions Options(int parallelism) => new()
    {
        MemoryBytes = parallelism * 64 * 1024,
        Parallelism = parallelism,
        SpillDirectories = [_folder["spill"]],
        SegmentSize = 1024,
    };

    private async Task<JobReport> Run(
        IJob job, string? input = null, int parallelism = 2, bool overwrite = false, CancellationToken cancel = default)
    {
        using InProcessEngine engine = new(Options(parallelism));
        return await Run(engine, job, input ?? _folder.Write("in", Lines()), cancel, overwrite);
    }

    private Task<JobReport> Run(
        InProcessEngine engine, IJob job, string input, CancellationToken cancel, bool overwrite = false) =>
        engine.RunAsync(
            new JobRequest
            {
                Job = job,
                Arguments = new JobArguments().Add("input", input).Add("out", _folder["out"]),
                Name = "test",
                Overwrite = overwrite,
            },
            null,
            cancel).WaitAsync(Deadline);

    private void AssertNothingLeftBut(params string[] names)
    {
        string[] left =
            [.. Directory.GetFileSystemEntries(_folder.Root).Select(path => Path.GetFileName(path)!)
                .Where(name => name != "in")];
        Assert.Equal(names, left);
    }

    [Fact]
    public async Task An_item_that_cannot_be_encoded_is_named_and_not_tried_again()
    {
        SluiceException thrown = await Assert.ThrowsAsync<SluiceException>(
            () => Run(
                new ByText(text => text.EndsWith('7') ? text + '\uD800' : text),
                _folder.Write("in", "a1\na2\nb7\n"), parallelism: 1));

        Assert.Equal("SLU1405", thrown.Error.Code);
        Assert.Contains("String cannot be written, that of item 2", thrown.Error.What, StringComparison.Ordinal);
        AssertNothingLeftBut();
    }

    [Theory]
    [InlineData(true, "a Int32 cannot be written, that of item 2 of the task, for partition 0: seven")]
    [InlineData(false, "a Int32 cannot be read, that of record 1 of partition 0: seven")]
    public async Task A_serializer_that_throws_is_named_with_record_partition_and_type(bool writing, string what)
    {
        SluiceException thrown = await Assert.ThrowsAsync<SluiceException>(
            () => Run(new ByNumber(new NoSeven(writing)), _folder.Write("in", "9\n8\n7\n6\n"), parallelism: 1));

        Assert.Equal("SLU1405", thrown.Error.Code);
        Assert.Contains(what, thrown.Error.What, StringComparison.Ordinal);
    }

    /// <summary>Orders numbers, carried by a serializer of one's own, into one part.</summary>
    private sealed class ByNumber(Serializer<int> serializer) : IJob
    {
        public void Define(JobBuilder job) => job
            .Read(RecordFormat.Lines, job.Arguments.GetAll("input"))
            .Select(line => int.Parse(line, provider: null))
            .OrderBy(number => number, serializer: serializer)
            .Select(number => $"{number}")
            .Write(job.Arguments.Get("out"));
    }

    /// <summary>Throws at the number 7, on one of its two ways.</summary>
    private sealed class NoSeven(bool writing) : Serializer<int>
    {
        public override void Write(int value, ref RecordWriter writer)
        {
            writer.WriteUInt64BigEndian((ulong)value);
            Refuse(writing && value == 7);
        }

        public override int Read(ReadOnlySpan<byte> bytes)
        {
            Refuse(!writing && bytes[^1] == 7);
            return bytes[^1];
        }

        private static void Refuse(bool refuse)
        {
            if (refuse)
            {
                throw new FormatException("seven");
            }
        }
    }

    /// <summary>Orders lines by a text made of each.</summary>
    private sealed class ByText(Func<string, string> key) : IJob
    {
        public void Define(JobBuilder job) => job
            .Read(RecordFormat.Lines, job.Arguments.GetAll("input"))
            .Select(line => System.Text.Encoding.UTF8.GetString(line))
            .OrderBy(key)
            .Write(job.Arguments.Get("out"));
    }

    /// <summary>Asks a function about every line, then sorts.</summary>
    private sealed class Upper(Func<string, bool> ask) : IJob
    {
        public void Define(JobBuilder job) => job
            .Read(RecordFormat.Lines, job.Arguments.GetAll("input"))
            .Where(line => ask(System.Text.Encoding.UTF8.GetString(line)))
            .OrderBy(ByteKey.Whole)
            .Write(job.Arguments.Get("out"), RecordFormat.Lines);
    }

    /// <summary>Loses an output when it is told to, as a dead silo would.</summary>
    private sealed class LosingTransport(ResultPartitionStore outputs, Func<bool> lose) : IExchangeTransport
    {
        private readonly InProcessTransport _inner = new(outputs);

        public ValueTask<FetchReply> FetchAsync(FetchRequest request, CancellationToken cancellationToken)
        {
            if (lose())
            {
                outputs.Release(request.Channel.Output);
            }

            return _inner.FetchAsync(request, cancellationToken);
        }

        public void Close(ChannelId channel, string where) => _inner.Close(channel, where);
    }
}
