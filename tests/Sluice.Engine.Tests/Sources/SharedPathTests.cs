namespace Sluice.Engine.Tests;

public sealed class SharedPathTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_another_machine_has_made_is_opened_as_soon_as_it_is_seen()
    {
        string path = _folder["out/staging/part"];
        int tries = 0;

        using FileStream opened = SharedPath.WhenVisible(
            path,
            () =>
            {
                // Seen at the third look.
                if (++tries == 3)
                {
                    Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                }

                return File.Create(path);
            },
            TimeSpan.FromMinutes(1),
            CancellationToken.None);

        Assert.Equal(3, tries);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(50, 2)]
    public void What_is_not_seen_in_time_is_missing(int milliseconds, int fewestTries)
    {
        int tries = 0;

        Assert.Throws<DirectoryNotFoundException>(() => SharedPath.WhenVisible(
            _folder["out/part"],
            () =>
            {
                tries++;
                return File.Create(_folder["out/part"]);
            },
            TimeSpan.FromMilliseconds(milliseconds),
            CancellationToken.None));

        Assert.InRange(tries, fewestTries, milliseconds == 0 ? 1 : 10);
    }

    [Fact]
    public void Cancellation_ends_the_wait()
    {
        using CancellationTokenSource cancel = new();

        Assert.Throws<OperationCanceledException>(() => SharedPath.WhenVisible(
            _folder["out/part"],
            () =>
            {
                cancel.Cancel();
                return File.Create(_folder["out/part"]);
            },
            TimeSpan.FromMinutes(10),
            cancel.Token));
    }

    [Fact]
    public void Other_errors_are_not_waited_for()
    {
        int tries = 0;

        Assert.Throws<FileNotFoundException>(() => SharedPath.WhenVisible(
            _folder["missing"],
            () =>
            {
                tries++;
                return File.OpenRead(_folder["missing"]);
            },
            TimeSpan.FromMinutes(10),
            CancellationToken.None));

        Assert.Equal(1, tries);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_is_missing_is_read_once_more(int madeBefore)
    {
        int tries = 0;

        string? read = SharedPath.ReadAnew(_folder["late"], () =>
        {
            if (++tries == madeBefore)
            {
                File.WriteAllText(_folder["late"], "late");
            }

            return File.ReadAllText(_folder["late"]);
        });

        Assert.Equal(madeBefore > 2 ? null : "late", read);
        Assert.Equal(Math.Min(madeBefore, 2), tries);
    }

    [Theory]
    [InlineData("here")]
    [InlineData("not/there/at/all")]
    public void Any_path_may_be_asked_for_anew(string name) => SharedPath.Refresh(_folder[name]);

    [Fact]
    public void A_task_waits_for_the_output_directory_and_writes_its_part()
    {
        JobOrder order = TestOrder.Sort(_folder.Write("in", "b\na\n"), _folder["out"]);
        JobPreparation job = TestOrder.Prepare(order);
        using WorkerProcess worker = new(_folder["spill"], TimeSpan.FromMinutes(1));
        WorkerProcess.Hands hands = worker.For(order.Id, job, TestOrder.Staging(order));
        using JobHost host = JobHost.Begin(order.Id, order.Name, job, false, order, hands);
        int last = job.Plan.Stages.Count - 1;
        bool hidden = false;
        hands.BeforeAttempt = attempt =>
        {
            if (attempt.Task.Stage.Value == last && !hidden)
            {
                hidden = true;
                Directory.Move(_folder["out"], _folder["elsewhere"]);
            }
        };
        using Timer seen = new(
            _ =>
            {
                if (Directory.Exists(_folder["elsewhere"]))
                {
                    Directory.Move(_folder["elsewhere"], _folder["out"]);
                }
            },
            null, TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(300));

        hands.Run(host);

        Assert.True(hidden);
        Assert.Null(host.Failure);
        Assert.Equal("a\nb\n", string.Concat(
            Directory.GetFiles(_folder["out"], "part-*").Order(StringComparer.Ordinal).Select(File.ReadAllText)));
    }
}
