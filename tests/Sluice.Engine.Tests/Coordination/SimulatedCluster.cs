using System.Globalization;
using System.Text.Json;
using Sluice.Jobs;

namespace Sluice.Engine.Tests;

/// <summary>
/// Workers that join, drain and die, attempts that end well, badly, late or twice, outputs that vanish: all drawn from
/// one seed. It obeys a coordinator's commands, and <see cref="CommandOracle"/> judges them. Before every event the
/// coordinator is saved and loaded, and the loaded one must command the same.
/// </summary>
internal sealed class SimulatedCluster
{
    private readonly Random _random;
    private readonly StageSpec[] _stages;
    private readonly CommandOracle _oracle;
    private readonly Coordinator _coordinator;
    private readonly Dictionary<AttemptId, StartAttempt> _running = [];
    private readonly Dictionary<string, HashSet<AttemptId>> _outputs = [];
    private readonly List<CoordinatorEvent> _underway = [];
    private int _workers;
    private double _now;

    /// <param name="seed">Decides everything.</param>
    public SimulatedCluster(int seed)
    {
        _random = new Random(seed);
        int maps = _random.Next(1, 7);
        int partitions = _random.Next(1, 5);
        _stages = (seed % 4) switch
        {
            0 => Plans.Shuffle(maps, partitions),
            1 => Plans.Sort(maps, partitions),
            2 => Plans.Chain(maps, partitions),
            _ => Plans.Resort(maps, partitions, _random.Next(1, 5)),
        };
        _coordinator = Plans.Start(_stages);
        _oracle = new CommandOracle(_stages);
    }

    public CommandOracle Oracle => _oracle;

    /// <summary>Runs until the job has ended.</summary>
    public void Run()
    {
        for (int step = 0; _oracle.Finished is null; step++)
        {
            Assert.True(step < 20_000, "The job does not come to its end.");
            Act();
            if (_underway.Count > 0)
            {
                Deliver();
            }
        }
    }

    private void Act()
    {
        if (_outputs.Count == 0 || (_outputs.Count < 4 && Chance(0.02)))
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"worker-{_workers++}");
            _outputs[name] = [];
            _underway.Add(new WorkerJoined(name, _random.Next(1, 4)));
        }
        else if (Chance(0.02))
        {
            Kill(Pick(_outputs.Keys));
        }
        else if (Chance(0.1))
        {
            _now += _random.Next(1, 15);
            _underway.Add(new TimePassed(_now));
        }
        else if (Chance(0.01))
        {
            _underway.Add(new WorkerDraining(Pick(_outputs.Keys)));
        }
        else if (Chance(0.02) && _outputs.Values.SelectMany(held => held).ToArray() is { Length: > 0 } held)
        {
            AttemptId vanished = Pick(held);
            _outputs.Values.Single(outputs => outputs.Contains(vanished)).Remove(vanished);
            _oracle.Vanished(vanished);
        }
        else if (_running.Count > 0 && Chance(0.5))
        {
            End(Pick(_running.Values));
        }
    }

    private void End(StartAttempt attempt)
    {
        _running.Remove(attempt.Attempt);
        ProducerWin? missing = attempt.Producers.FirstOrDefault(
            producer => !_outputs.Values.Any(held => held.Contains(producer.Attempt)));
        if (missing is not null)
        {
            _underway.Add(new OutputLost(attempt.Attempt, missing.Attempt, Plans.Failure($"lost {missing.Attempt}")));
        }
        else if (Chance(0.15))
        {
            _underway.Add(new AttemptFailed(attempt.Attempt, Plans.Failure($"failed {attempt.Attempt}")));
        }
        else
        {
            if (_stages.Any(stage => stage.Reads == attempt.Attempt.Task.Stage.Value))
            {
                _outputs[attempt.Worker].Add(attempt.Attempt);
            }

            AttemptSucceeded succeeded = new(attempt.Attempt, Plans.Result(_stages, attempt.Attempt.Task));
            _underway.AddRange(Chance(0.1) ? [succeeded, succeeded] : [succeeded]);
        }
    }

    private void Kill(string worker)
    {
        foreach (StartAttempt attempt in _running.Values.Where(attempt => attempt.Worker == worker).ToArray())
        {
            _running.Remove(attempt.Attempt);
            if (Chance(0.3))
            {
                // It was done just in time to tell, but what it made died with its worker.
                _oracle.Vanished(attempt.Attempt);
                _underway.Add(new AttemptSucceeded(attempt.Attempt, Plans.Result(_stages, attempt.Attempt.Task)));
            }
        }

        foreach (AttemptId output in _outputs[worker])
        {
            _oracle.Vanished(output);
        }

        _outputs.Remove(worker);
        _underway.Add(new WorkerLost(worker));
    }

    private void Deliver()
    {
        // Messages overtake each other, but a worker's death is not told before its joining.
        int index = _random.Next(Math.Min(_underway.Count, 3));
        if (_underway[index] is WorkerLost or WorkerDraining)
        {
            index = 0;
        }

        CoordinatorEvent happened = _underway[index];
        _underway.RemoveAt(index);
        Coordinator loaded = new(Reload(_coordinator.State));
        IReadOnlyList<CoordinatorCommand> commands = _coordinator.Handle(happened);
        Assert.Equal(commands.Select(Json), loaded.Handle(happened).Select(Json));
        Assert.Equal(Json(_coordinator.State), Json(loaded.State));
        _oracle.Happened(happened);
        foreach (CoordinatorCommand command in commands)
        {
            _oracle.Commanded(command);
            Obey(command);
        }
    }

    private void Obey(CoordinatorCommand command)
    {
        switch (command)
        {
            case StartAttempt start when _outputs.ContainsKey(start.Worker):
                _running.Add(start.Attempt, start);
                break;
            case CancelAttempt cancel when _running.Remove(cancel.Attempt):
                _underway.Add(new AttemptStopped(cancel.Attempt));
                break;
            case DiscardOutput discard when _outputs.TryGetValue(discard.Worker, out HashSet<AttemptId>? held):
                held.Remove(discard.Attempt);
                break;
            case PublishOutput:
                _underway.Add(new OutputPublished());
                break;
            default:
                break;
        }
    }

    private static CoordinatorState Reload(CoordinatorState state) =>
        JsonSerializer.Deserialize(Json(state), CoordinationJson.Default.CoordinatorState)!;

    private static string Json(CoordinatorState state) =>
        JsonSerializer.Serialize(state, CoordinationJson.Default.CoordinatorState);

    private static string Json(CoordinatorCommand command) =>
        command.GetType().Name + JsonSerializer.Serialize(command, command.GetType());

    private bool Chance(double probability) => _random.NextDouble() < probability;

    private T Pick<T>(IReadOnlyCollection<T> items) => items.ElementAt(_random.Next(items.Count));
}
