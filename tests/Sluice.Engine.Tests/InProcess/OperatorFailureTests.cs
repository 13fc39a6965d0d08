using System.Runtime.CompilerServices;
using System.Text;
using Sluice.Exchange;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine.Tests;

/// <summary>A job's own code throws, catches, or makes another exception of what was thrown.</summary>
public sealed class OperatorFailureTests : IDisposable
{
    private const string Chosen = "line 0500";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_selector_that_catches_everything_does_not_leave_out_what_a_later_step_could_not_take()
    {
        SluiceError error = await Fails(lines => lines
            .SelectMany<string>((line, output) =>
            {
                try
                {
                    output.Emit(line);
                }
                catch (FormatException)
                {
                    // As one does that leaves out what it cannot read.
                }
            })
            .Select(Refuse));

        Assert.Equal("SLU1402", error.Code);
        Assert.Contains("FormatException: not this one", error.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_selector_of_groups_that_throws_another_exception_does_not_hide_what_a_later_step_threw()
    {
        SluiceError error = await Fails(lines => lines
            .GroupBy(line => line[^1])
            .SelectMany<string>((_, values, output) =>
            {
                try
                {
                    foreach (string value in values)
                    {
                        output.Emit(value);
                    }
                }
                catch (FormatException exception)
                {
                    throw new InvalidOperationException("another", exception);
                }
            })
            .Select(Refuse));

        Assert.Equal("SLU1402", error.Code);
        Assert.Contains("FormatException: not this one", error.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_selector_of_groups_that_throws_another_exception_does_not_hide_that_an_output_is_lost()
    {
        int walks = 0;
        int lost = 0;
        EnginePorts ports = new()
        {
            Transport = outputs => new LosingTransport(
                outputs, () => Volatile.Read(ref walks) > 0 && Interlocked.Increment(ref lost) == 1),
        };

        JobReport report = await Run(
            lines => lines.GroupBy(_ => 0).Select((_, values) =>
            {
                try
                {
                    int count = 0;
                    foreach (string value in values)
                    {
                        Interlocked.Increment(ref walks);
                        count += value.Length > 0 ? 1 : 0;
                    }

                    return $"{count}";
                }
                catch (IOException exception)
                {
                    throw new InvalidOperationException("another", exception);
                }
            }),
            ports,
            lines: 20_000);

        Assert.Equal("20000", File.ReadAllLines(_folder["out/part-00000"])[0]);
        Assert.True(lost > 0, "Nothing was fetched during the walk.");
        StageReport map = report.Stages.Single(stage => stage.Name == "map");
        Assert.Equal(map.Tasks + 1, map.Attempts);

        // One that failed by itself would fail again when its second try finds the output lost.
        Assert.Equal(2, report.Stages[^1].Attempts);
    }

    [Fact]
    public async Task An_emitter_that_is_kept_for_later_fails_the_task_and_loses_nothing()
    {
        Emitter<string>? kept = null;

        SluiceError error = await Fails(lines => lines.SelectMany<string>((line, output) =>
        {
            kept ??= output;
            kept.Emit(line);
        }).OrderBy(line => line), partitions: 2);

        Assert.Equal("SLU1402", error.Code);
        Assert.Contains("An emitter is used when its selector has returned", error.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_emitter_that_several_threads_use_fails_the_task_whatever_becomes_of_their_exceptions()
    {
        SluiceError error = await Fails(lines => lines.SelectMany<string>((line, output) =>
        {
            Thread other = new(() =>
            {
                try
                {
                    output.Emit(line);
                }
                catch (InvalidOperationException)
                {
                    // It reaches nobody.
                }
            });
            other.Start();
            other.Join();
        }));

        Assert.Equal("SLU1402", error.Code);
        Assert.Contains("or by another thread", error.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_selector_that_awaits_is_refused_before_anything_runs()
    {
        SluiceError error = await Fails(lines => lines.SelectMany<string>(async (line, output) =>
        {
            await Task.Yield();
            output.Emit(line);
        }));

        Assert.Equal("SLU1011", error.Code);
        Assert.Contains("emit without await", error.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_state_that_is_too_large_for_the_stack_is_refused_before_anything_runs()
    {
        SluiceError error = await Fails(lines => lines
            .GroupBy(line => line)
            .Aggregate(default(Large), (ref Large _, string _) => { }, (ref Large _, in Large _) => { })
            .Select(group => group.Key));

        Assert.Equal("SLU1011", error.Code);
        Assert.Contains("Large has 65552 bytes", error.What, StringComparison.Ordinal);
    }

    [InlineArray(65_552 / sizeof(long))]
    private struct Large
    {
        private long _first;
    }

    [Fact]
    public async Task A_second_walk_that_was_too_large_is_not_left_out_where_the_selector_catches_that()
    {
        SluiceError error = await Fails(
            lines => lines.GroupBy(_ => 0).Select((_, values) =>
            {
                int count = values.Count();
                try
                {
                    return $"{count} {values.Count()}";
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    return $"{count}";
                }
            }),
            lines: 20_000);

        Assert.Equal("SLU1306", error.Code);
    }

    [Fact]
    public async Task Text_that_is_not_Unicode_is_not_changed_in_silence()
    {
        SluiceError error = await Fails(
            lines => lines.Select(line => line + '\uD800').OrderBy(line => line.Length));

        Assert.Equal("SLU1405", error.Code);
        Assert.Contains("a surrogate without its other half, U+D800", error.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slow_step_is_cancelled_between_two_records()
    {
        using CancellationTokenSource cancel = new();
        int seen = 0;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Run(
            lines => lines.Select(line =>
            {
                if (Interlocked.Increment(ref seen) == 5)
                {
                    cancel.Cancel();
                }

                Thread.Sleep(20);
                return line;
            }),
            parallelism: 1,
            cancellation: cancel.Token));

        // A segment has a hundred.
        Assert.InRange(seen, 5, 90);
    }

    [Fact]
    public async Task A_selector_that_emits_for_ever_can_be_cancelled()
    {
        using CancellationTokenSource cancel = new();
        long emitted = 0;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Run(
            lines => lines
                .SelectMany<string>((line, output) =>
                {
                    while (true)
                    {
                        output.Emit(line);
                        if (++emitted == 10_000)
                        {
                            cancel.Cancel();
                        }
                    }
                })
                .GroupBy(line => line)
                .Count()
                .Select(group => group.Key),
            parallelism: 1,
            cancellation: cancel.Token));

        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Fact]
    public async Task A_walk_that_is_begun_again_and_again_can_be_cancelled()
    {
        using CancellationTokenSource cancel = new();
        int rounds = 0;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Run(
            lines => lines.GroupBy(_ => 0).Select((_, values) =>
            {
                while (values.Take(10).Any())
                {
                    if (++rounds == 10)
                    {
                        cancel.Cancel();
                    }
                }

                return "";
            }),
            lines: 100,
            parallelism: 1,
            cancellation: cancel.Token));

        Assert.True(rounds >= 10);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Fact]
    public async Task An_operator_that_cannot_read_a_file_of_its_own_is_told_from_a_disk_that_cannot()
    {
        SluiceError error = await Fails(lines => lines.Select(_ => File.ReadAllText("/none/such/file")));

        Assert.Equal("SLU1402", error.Code);
        Assert.Contains("DirectoryNotFoundException", error.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_aggregation_that_cannot_read_a_file_of_its_own_is_the_operators_failure_too()
    {
        // More keys than the table holds, so that some come twice.
        SluiceError error = await Fails(
            lines => lines
                .GroupBy(line => line[..^1])
                .Aggregate(
                    0L,
                    (ref long count, string _) => count++,
                    (ref long count, in long more) => count += File.ReadAllBytes("/none/such/file").Length + more)
                .Select(group => group.Key),
            lines: 20_000);

        Assert.Equal("SLU1402", error.Code);
        Assert.Contains("DirectoryNotFoundException", error.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exception_that_cannot_even_tell_its_message_fails_the_job_like_any_other()
    {
        SluiceError error = await Fails(
            lines => lines.Select(line => line == Chosen ? throw new MuteException() : line));

        Assert.Equal("SLU1402", error.Code);
        Assert.Contains(nameof(MuteException), error.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_item_too_large_for_the_memory_is_told_by_its_task_with_its_key()
    {
        SluiceError error = await Fails(
            lines => lines.Select(line => line == Chosen ? new string('x', 20_000) : line).OrderBy(line => line));

        Assert.Equal("SLU1107", error.Code);
        Assert.Contains("a key and its item have 40000 bytes together", error.What, StringComparison.Ordinal);
        Assert.Equal("stage 0 task 0", error.Where);
    }

    [Fact]
    public async Task What_a_static_initializer_threw_is_told()
    {
        SluiceError error = await Fails(lines => lines.Select(line => line + Uninitialized.Value));

        Assert.Equal("SLU1402", error.Code);
        Assert.Contains("FormatException: no such value", error.What, StringComparison.Ordinal);
    }

    private static class Uninitialized
    {
        public static readonly string Value = Make();

        private static string Make() => throw new FormatException("no such value");
    }

    [Fact]
    public async Task An_order_whose_exception_cannot_tell_its_message_fails_the_job_like_any_other()
    {
        SluiceError error = await Fails(lines => lines.OrderBy(line => line, new MuteOrder()));

        Assert.Equal("SLU1405", error.Code);
        Assert.Contains(nameof(MuteException), error.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_of_another_length_than_its_format_has_fails_the_job()
    {
        SluiceException thrown = await Assert.ThrowsAsync<SluiceException>(() => Run(
            new ShortRecords(), new EnginePorts(), lines: 10, parallelism: 1));

        Assert.Equal("SLU1405", thrown.Error.Code);
        Assert.Contains(
            "record 0 of the task has 9 bytes and cannot be written as gensort, whose records have 100",
            thrown.Error.What,
            StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    private static string Refuse(string line) =>
        line == Chosen ? throw new FormatException("not this one") : line;

    private async Task<SluiceError> Fails(
        Func<Dataset<string>, Dataset<string>> steps, int lines = 1000, int partitions = 1)
    {
        SluiceException thrown = await Assert.ThrowsAsync<SluiceException>(
            () => Run(steps, lines: lines, partitions: partitions));
        Assert.False(Directory.Exists(_folder["out"]), "Something was left.");
        return thrown.Error;
    }

    private Task<JobReport> Run(
        Func<Dataset<string>, Dataset<string>> steps,
        EnginePorts? ports = null,
        int lines = 1000,
        int parallelism = 2,
        int partitions = 1,
        CancellationToken cancellation = default) =>
        Run(new Steps(steps), ports ?? new EnginePorts(), lines, parallelism, partitions, cancellation);

    private async Task<JobReport> Run(
        IJob job,
        EnginePorts ports,
        int lines,
        int parallelism,
        int partitions = 1,
        CancellationToken cancellation = default)
    {
        string input = _folder.Write(
            "in", string.Concat(Enumerable.Range(0, lines).Select(i => $"line {i * 7919 % lines:D4}\n")));
        using InProcessEngine engine = new(
            new EngineOptions
            {
                MemoryBytes = parallelism * 64 * 1024,
                Parallelism = parallelism,
                SpillDirectories = [_folder["spill"]],
                SegmentSize = 1024,
            },
            ports);
        JobRequest request = new()
        {
            Job = job,
            Arguments = new JobArguments().Add("input", input).Add("out", _folder["out"]),
            Name = "test",
            Partitions = partitions,
        };
        return await engine.RunAsync(request, null, cancellation).WaitAsync(Deadline, CancellationToken.None);
    }

    private sealed class Steps(Func<Dataset<string>, Dataset<string>> steps) : IJob
    {
        public void Define(JobBuilder job) => steps(
            job.Read(RecordFormat.Lines, job.Arguments.GetAll("input")).Select(line => Encoding.UTF8.GetString(line)))
            .Write(job.Arguments.Get("out"));
    }

    private sealed class ShortRecords : IJob
    {
        public void Define(JobBuilder job) => job
            .Read(RecordFormat.Lines, job.Arguments.GetAll("input"))
            .Write(job.Arguments.Get("out"), RecordFormat.Gensort);
    }

    private sealed class MuteException : Exception
    {
        public override string Message => throw new NotSupportedException();
    }

    private sealed class MuteOrder : KeyOrder<string>
    {
        public override void Encode(string key, ref RecordWriter writer) => throw new MuteException();

        public override string Decode(ReadOnlySpan<byte> key) => "";
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
