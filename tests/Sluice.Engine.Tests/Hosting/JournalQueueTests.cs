using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine.Tests;

/// <summary>What is decided is done in order, and never before what was decided before it is in the journal.</summary>
public sealed class JournalQueueTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly SlowWriter _writer = new();
    private readonly List<string> _done = [];
    private readonly Journal _journal;
    private readonly JournalQueue _queue;

    public JournalQueueTests()
    {
        _journal = new Journal(_folder["journal"]);
        _queue = new JournalQueue(_journal, _writer, new PatientWrites(_writer.DiskWait));
    }

    public void Dispose()
    {
        _journal.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void An_act_waits_for_the_lines_before_it_and_what_is_decided_meanwhile_for_its_turn()
    {
        Line("1");
        Act("a");
        Line("2");
        Act("b");
        _queue.Go();
        Line("3");
        Act("c");
        _queue.Go();

        AssertStands([], [], isSettled: false);
        _writer.Finish();
        AssertStands(["1", "2"], ["a", "b"], isSettled: false);
        _writer.Finish();
        AssertStands(["1", "2", "3"], ["a", "b", "c"], isSettled: true);
        Assert.Equal(File.ReadAllText(_folder["journal"]), _queue.Text);
    }

    [Fact]
    public void An_act_without_a_line_is_done_at_once_unless_another_is_being_written()
    {
        Act("a");
        _queue.Go();
        Assert.Equal(["a"], _done);

        Line("1");
        _queue.Go();
        Act("b");
        _queue.Go();
        Assert.Equal(["a"], _done);
        _writer.Finish();
        Assert.Equal(["a", "b"], _done);
    }

    [Fact]
    public void A_file_is_deleted_when_the_lines_before_it_are_written()
    {
        string part = _folder.Write("part", "x");
        Line("1");
        _queue.Delete(part);
        _queue.Go();
        Assert.True(File.Exists(part), "It is deleted before the journal knows why.");

        _writer.Finish();

        Assert.False(File.Exists(part), "It is left.");
    }

    [Fact]
    public void A_file_that_cannot_be_deleted_holds_nothing_up()
    {
        // A directory is none that File.Delete deletes, whoever asks.
        Directory.CreateDirectory(_folder["part"]);
        string other = _folder.Write("other", "x");
        Line("1");
        _queue.Delete(_folder["part"]);
        _queue.Delete(other);
        Act("a");
        _queue.Go();

        _writer.Finish();

        AssertStands(["1"], ["a"], isSettled: true);
        Assert.False(File.Exists(other), "It is left.");
    }

    [Theory]
    [Seeded(1)]
    [Seeded(2)]
    [Seeded(3)]
    public void Whatever_is_decided_when_nothing_is_lost_doubled_or_done_too_early(int seed)
    {
        Random random = new(seed);
        List<string> decided = [];
        for (int step = 0; step < 2000; step++)
        {
            string name = $"{step}";
            switch (random.Next(4))
            {
                case 0:
                    Line(name);
                    decided.Add(name);
                    break;
                case 1:
                    string[] before = [.. decided];
                    _queue.Add(() =>
                    {
                        Assert.Equal(before, Lines().Take(before.Length));
                        _done.Add(name);
                    });
                    break;
                case 2:
                    _queue.Go();
                    break;
                default:
                    _writer.Finish();
                    break;
            }
        }

        _queue.Go();
        while (!_queue.IsSettled)
        {
            _writer.Finish();
        }

        Assert.Equal(decided, Lines());
        Assert.Equal(_done.Order(Comparer<string>.Create((a, b) => int.Parse(a, null) - int.Parse(b, null))), _done);
    }

    private void AssertStands(string[] lines, string[] done, bool isSettled)
    {
        Assert.Equal(lines, Lines());
        Assert.Equal(done, _done);
        Assert.Equal(isSettled, _queue.IsSettled);
    }

    private void Line(string name) => _queue.Add(new JournalEntry(name, null, null, null, null, null, null));

    private void Act(string name) => _queue.Add(() => _done.Add(name));

    private string[] Lines() => [.. Journal.Read(_folder["journal"]).Select(line => line.Kind)];

    /// <summary>Writes when it is told to.</summary>
    private sealed class SlowWriter : IJobWorkers
    {
        private (Action Work, Action Done)? _held;

        public DiskWait DiskWait => DiskWait.None;

        public void Finish()
        {
            if (_held is (Action work, Action done))
            {
                _held = null;
                work();
                done();
            }
        }

        public void Write(Action work, Action done)
        {
            Assert.Null(_held);
            _held = (work, done);
        }

        public void Start(StartAttempt start) => throw new NotSupportedException();

        public void Cancel(AttemptId attempt, string worker) => throw new NotSupportedException();

        public void Discard(AttemptId attempt, string worker) => throw new NotSupportedException();

        public void DiscardPartition(IReadOnlyList<ProducerWin> producers, int partition) =>
            throw new NotSupportedException();

        public void Aside(Func<CoordinatorEvent> work) => throw new NotSupportedException();
    }
}
