using Sluice.Jobs;

namespace Sluice.Engine.Tests;

/// <summary>
/// Watches what a coordinator was told and what it commands, and fails the test at the first thing that must not be.
/// </summary>
internal sealed class CommandOracle(IReadOnlyList<StageSpec> stages)
{
    private readonly Dictionary<string, int> _slots = [];
    private readonly HashSet<string> _gone = [];
    private readonly Dictionary<AttemptId, string> _running = [];
    private readonly HashSet<AttemptId> _journaled = [];
    private readonly HashSet<AttemptId> _started = [];
    private readonly HashSet<AttemptId> _vanished = [];
    private readonly HashSet<AttemptId> _discarded = [];
    private readonly Dictionary<TaskId, AttemptId> _winners = [];
    private readonly Dictionary<TaskId, int> _commits = [];
    private readonly Dictionary<TaskId, int> _excuses = [];
    private readonly Dictionary<TaskId, List<string>> _causes = [];
    private readonly Dictionary<AttemptId, int> _overtaking = [];
    private readonly Dictionary<AttemptId, double> _since = [];
    private double _now;
    private bool _publishing;
    private bool _published;
    private string? _failed;

    public FinishJob? Finished { get; private set; }

    /// <summary>Attempts that were started to overtake others.</summary>
    public int Overtaking => _overtaking.Count;

    /// <summary>The output is really gone, whether the coordinator knows or not.</summary>
    public void Vanished(AttemptId output) => _vanished.Add(output);

    public void Happened(CoordinatorEvent happened)
    {
        switch (happened)
        {
            case WorkerJoined joined:
                _slots[joined.Worker] = joined.Slots;
                break;
            case WorkerDraining draining:
                _slots.Remove(draining.Worker);
                break;
            case WorkerLost lost:
                _slots.Remove(lost.Worker);
                _gone.Add(lost.Worker);
                foreach (AttemptId attempt in _running
                    .Where(run => run.Value == lost.Worker)
                    .Select(run => run.Key).ToArray())
                {
                    Excuse(attempt);
                }

                break;
            case TimePassed passed:
                _now = Math.Max(_now, passed.Now);
                break;
            case AttemptSucceeded succeeded:
                _running.Remove(succeeded.Attempt);
                break;
            case AttemptFailed failed:
                Count(failed.Attempt.Task, failed.Failure, IsAwaited(failed.Attempt));
                Excuse(failed.Attempt);
                break;
            case OutputLost lost:
                bool counts = _winners.TryGetValue(lost.Producer.Task, out AttemptId winner) && winner == lost.Producer;
                Count(lost.Producer.Task, lost.Failure, counts && IsAwaited(lost.Reader));
                Excuse(lost.Reader);
                break;
            case AttemptStopped stopped:
                Excuse(stopped.Attempt);
                break;
            default:
                break;
        }
    }

    public void Commanded(CoordinatorCommand command)
    {
        Assert.Null(Finished);
        switch (command)
        {
            case WriteJournal write:
                Journaled(write.Entry);
                break;
            case StartAttempt start:
                Started(start);
                break;
            case CancelAttempt cancel:
                Assert.DoesNotContain(cancel.Worker, _gone);
                break;
            case DiscardOutput discard:
                Assert.DoesNotContain(discard.Worker, _gone);
                _discarded.Add(discard.Attempt);
                break;
            case DiscardPartition discard:
                // Only what a part was made of that is committed for good.
                int last = stages.Count - 1;
                Assert.True(stages[last].Commits);
                Assert.Contains(new TaskId(new StageId(last), discard.Partition), _winners.Keys);
                Assert.All(
                    discard.Producers, producer => Assert.Equal(producer.Attempt, _winners[producer.Attempt.Task]));
                break;
            case PublishOutput publish:
                Published(publish);
                break;
            case FinishJob finish:
                Finish(finish);
                break;
            default:
                Assert.Fail($"Unknown command {command}.");
                break;
        }
    }

    private void Journaled(JournalEntry entry)
    {
        AttemptId attempt = Plans.Attempt(entry.Stage ?? 0, entry.Task ?? 0, entry.Attempt ?? 0);
        switch (entry.Kind)
        {
            case "attempt":
                Assert.True(_journaled.Add(attempt), $"{attempt} was announced twice.");
                if (entry.Overtakes is int slow)
                {
                    _overtaking[attempt] = slow;
                }

                break;
            case "won":
                Assert.True(_winners.TryAdd(attempt.Task, attempt), $"{attempt} won what another had won.");
                _commits[attempt.Task] = _commits.GetValueOrDefault(attempt.Task) + 1;
                break;
            case "lost":
                Assert.Equal(attempt, _winners[attempt.Task]);
                Assert.True(_vanished.Contains(attempt), $"{attempt} was given up and is still there.");
                Assert.False(stages[attempt.Task.Stage.Value].Commits, $"{attempt} is part of the output.");
                _winners.Remove(attempt.Task);
                Excuse(attempt);
                break;
            case "publishing":
                _publishing = true;
                break;
            case "published":
                _published = true;
                break;
            case "failed":
                _failed = entry.Error!.What;
                break;
            default:
                Assert.Equal("started", entry.Kind);
                Assert.Empty(_journaled);
                Assert.Equal(stages, entry.Stages!, (a, b) => a.Name == b.Name && a.Tasks == b.Tasks);
                break;
        }
    }

    private void Started(StartAttempt start)
    {
        TaskId task = start.Attempt.Task;
        Assert.Contains(start.Attempt, _journaled);
        Assert.DoesNotContain(task, _winners.Keys);
        Assert.True(_started.Add(start.Attempt), $"{start.Attempt} was started twice.");
        AttemptId[] others = [.. _running.Keys.Where(running => running.Task == task)];
        if (_overtaking.TryGetValue(start.Attempt, out int slow))
        {
            Overtakes(start, Assert.Single(others), slow);
        }
        else
        {
            Assert.Empty(others);
        }

        Assert.True(_slots.TryGetValue(start.Worker, out int slots), $"{start.Worker} takes no attempts.");
        _running[start.Attempt] = start.Worker;
        _since[start.Attempt] = _now;
        Assert.True(
            _running.Values.Count(worker => worker == start.Worker) <= slots, $"{start.Worker} has too few slots.");

        int starts = _started.Count(started => started.Task == task);
        Assert.True(starts <= 1 + _excuses.GetValueOrDefault(task), $"{task} was started without need.");

        StageSpec stage = stages[task.Stage.Value];
        Assert.All(stage.Upstream, upstream => Assert.Equal(
            stages[upstream].Tasks, _winners.Keys.Count(winner => winner.Stage.Value == upstream)));
        Assert.Equal(
            stage.Reads is int reads
                ? Enumerable.Range(0, stages[reads].Tasks).Select(i => _winners[new TaskId(new StageId(reads), i)])
                : [],
            start.Producers.Select(producer => producer.Attempt));
        Assert.All(start.Producers, producer => Assert.DoesNotContain(producer.Attempt, _discarded));
        Assert.Equal(
            stages.Select((spec, number) => (spec.Name, Number: number)).Where(
                spec => spec.Name == "sample" && _winners.ContainsKey(new TaskId(new StageId(spec.Number), 0)))
                .Select(spec => spec.Number),
            start.Values.Keys);
    }

    private void Overtakes(StartAttempt start, AttemptId running, int slow)
    {
        TaskId task = start.Attempt.Task;
        Assert.Equal(slow, running.Number);
        Assert.NotEqual(_running[running], start.Worker);
        Assert.True(_now - _since[running] > 10, $"{running} has had no time.");
        int done = _winners.Keys.Count(winner => winner.Stage == task.Stage);
        Assert.True(
            stages[task.Stage.Value].Tasks >= 4 && 2 * done >= stages[task.Stage.Value].Tasks,
            $"{running} may be as fast as all.");
        _excuses[task] = _excuses.GetValueOrDefault(task) + 1;
    }

    // Nobody waits for an attempt that was overtaken: it may fail as it likes.
    private bool IsAwaited(AttemptId attempt) => _running.ContainsKey(attempt) && !_winners.ContainsKey(attempt.Task);

    private void Published(PublishOutput publish)
    {
        Assert.True(_publishing, "The journal does not know of the publish.");
        int last = stages.Count - 1;
        Assert.Equal(
            Enumerable.Range(0, stages[last].Tasks).Select(i => _winners[new TaskId(new StageId(last), i)].Number),
            publish.Winners);
        Assert.All(
            _commits.Where(commit => stages[commit.Key.Stage.Value].Commits), commit => Assert.Equal(1, commit.Value));
    }

    private void Finish(FinishJob finish)
    {
        Finished = finish;
        if (finish.Failure is null)
        {
            Assert.True(_published, "The journal does not know of the end.");
            return;
        }

        Assert.NotNull(_failed);
        Assert.Equal(_failed, finish.Failure.Error.What);
        Assert.Contains(
            _causes.Values,
            causes => causes.Count >= Plans.Tries && _failed.Contains(causes[0], StringComparison.Ordinal));
    }

    private void Count(TaskId task, AttemptFailure failure, bool counts)
    {
        if (counts)
        {
            _causes.TryAdd(task, []);
            _causes[task].Add(failure.Error.What);
        }
    }

    private void Excuse(AttemptId attempt)
    {
        _running.Remove(attempt);
        _excuses[attempt.Task] = _excuses.GetValueOrDefault(attempt.Task) + 1;
    }
}
