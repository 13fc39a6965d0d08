namespace Sluice.Engine.Tests;

public sealed class SharedPathWaitTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_another_machine_has_made_is_opened_as_soon_as_it_is_seen()
    {
        string path = _folder["out/staging/part"];
        int tries = 0;

        using FileStream opened = new SharedPathWait(TimeSpan.FromMinutes(1)).Open(
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
            CancellationToken.None);

        Assert.Equal(3, tries);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(50, 2)]
    public void What_is_not_seen_in_time_is_missing(int milliseconds, int fewestTries)
    {
        int tries = 0;
        SharedPathWait wait = new(TimeSpan.FromMilliseconds(milliseconds));

        Assert.Throws<DirectoryNotFoundException>(() => wait.Open(
            _folder["out/part"],
            () =>
            {
                tries++;
                return File.Create(_folder["out/part"]);
            },
            CancellationToken.None));

        Assert.InRange(tries, fewestTries, milliseconds == 0 ? 1 : 10);
    }

    [Fact]
    public void Cancellation_ends_the_wait()
    {
        using CancellationTokenSource cancel = new();
        SharedPathWait wait = new(TimeSpan.FromMinutes(10));

        Assert.Throws<OperationCanceledException>(() => wait.Open(
            _folder["out/part"],
            () =>
            {
                cancel.Cancel();
                return File.Create(_folder["out/part"]);
            },
            cancel.Token));
    }

    [Fact]
    public void Other_errors_are_not_waited_for()
    {
        int tries = 0;
        SharedPathWait wait = new(TimeSpan.FromMinutes(10));

        Assert.Throws<FileNotFoundException>(() => wait.Open(
            _folder["missing"],
            () =>
            {
                tries++;
                return File.OpenRead(_folder["missing"]);
            },
            CancellationToken.None));

        Assert.Equal(1, tries);
    }

    [Fact]
    public void Who_waits_for_long_is_told_with_the_machine_and_the_directory()
    {
        SharedPathWait wait = new(TimeSpan.FromMinutes(10));
        using CancellationTokenSource cancel = new();
        Thread waiting = new(() => Assert.Throws<OperationCanceledException>(
            () => wait.Open(_folder["out/part"], () => File.Create(_folder["out/part"]), cancel.Token)));
        Assert.Null(wait.Describe("silo-2"));

        waiting.Start();
        Assert.True(SpinWait.SpinUntil(() => wait.Describe("silo-2") is not null, TimeSpan.FromSeconds(30)));
        string? told = wait.Describe("silo-2");
        cancel.Cancel();
        waiting.Join();

        Assert.Equal($"silo-2 does not see {_folder["out"]} yet; asking for it again", told);
        Assert.Null(wait.Describe("silo-2"));
    }

    [Fact]
    public void A_task_waits_for_the_output_directory_and_writes_its_part()
    {
        JobOrder order = TestOrder.Sort(_folder.Write("in", "b\na\n"), _folder["out"]);
        JobPreparation job = TestOrder.Prepare(order);
        using WorkerProcess worker = new(_folder["spill"], new SharedPathWait(TimeSpan.FromMinutes(1)));
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
