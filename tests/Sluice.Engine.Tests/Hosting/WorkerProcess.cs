using System.Collections.Concurrent;
using Sluice.Buffers;
using Sluice.Exchange;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine.Tests;

/// <summary>A worker that outlives the hosts of its jobs: real attempts on real threads, a pool, outputs.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private const int Slots = 2;
    private readonly NetworkBufferPool _pool;
    private readonly SpillDirectories _spill;
    private readonly AttemptThreads _threads;

    public WorkerProcess(string spillDirectory, SharedPathWait? visibility = null, int memory = 256 << 10)
    {
        _pool = new NetworkBufferPool(NetworkBufferPoolOptions.ForMemory(memory, 1024));
        _spill = SpillDirectories.Open([spillDirectory]);
        DiskWait wait = new(TimeSpan.Zero);
        _threads = new AttemptThreads(
            new AttemptRunner(
                _pool,
                token => new WaitingStore(new SpillStore(_spill), wait, token),
                Outputs,
                new InProcessTransport(Outputs),
                _pool.Total / Slots,
                null,
                wait)
            {
                Visibility = visibility ?? SharedPathWait.None,
            },
            Slots);
    }

    public ResultPartitionStore Outputs { get; } = new();

    /// <summary>
    /// Bytes that the outputs thrown away so far had moved from memory to files, as each of them counted.
    /// </summary>
    public long ReclaimedBytes { get; private set; }

    /// <summary>What one host commands; its events are taken in one after another.</summary>
    /// <param name="id">The job.</param>
    /// <param name="job">As the host prepared it.</param>
    /// <param name="staging">Where attempts write parts.</param>
    /// <param name="diesBeforePublishing">Whether the host dies when all tasks have won, before anything is
    /// published.</param>
    public Hands For(JobId id, JobPreparation job, string staging, bool diesBeforePublishing = false) =>
        new(this, new AttemptInputs(id, job, staging)) { DiesBeforePublishing = diesBeforePublishing };

    /// <summary>Throws all outputs away.</summary>
    public void LoseOutputs() => Outputs.Dispose();

    public void Dispose()
    {
        _threads.Dispose();
        Outputs.Dispose();
        Assert.Equal(0, _pool.Lent);
        _pool.Dispose();
        _spill.Dispose();
    }

    internal sealed class Hands(WorkerProcess worker, AttemptInputs inputs) : IJobWorkers
    {
        private const string Name = "worker";
        private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
        private readonly BlockingCollection<Action<JobHost>> _todo = [];

        /// <summary>Whether the host dies when all tasks have won, before anything is published.</summary>
        public bool DiesBeforePublishing { get; init; }

        /// <summary>Done when all tasks have won, before the output is published.</summary>
        public Action BeforePublishing { get; set; } = () => { };

        /// <summary>Done before each attempt starts.</summary>
        public Action<AttemptId> BeforeAttempt { get; set; } = _ => { };

        public DiskWait DiskWait => DiskWait.None;

        /// <summary>Runs the job until it is over, or its host is to die.</summary>
        /// <param name="host">The job's.</param>
        /// <param name="until">When it is to die besides.</param>
        public void Run(JobHost host, Func<CoordinatorState, bool>? until = null)
        {
            bool dies = false;
            _todo.Add(one => one.Handle(new WorkerJoined(Name, Slots)));
            while (!host.IsFinished && !dies)
            {
                Assert.True(_todo.TryTake(out Action<JobHost>? next, Deadline), "The job stands still.");
                next(host);
                dies = (host.State.Phase == JobPhase.Publishing && DiesBeforePublishing)
                    || until?.Invoke(host.State) == true;
            }
        }

        public void Start(StartAttempt start)
        {
            BeforeAttempt(start.Attempt);
            worker._threads.Start(start.Attempt, inputs.Of(start), end => _todo.Add(host => host.Handle(end)));
        }

        public void Cancel(AttemptId attempt, string where) => worker._threads.Cancel(inputs.OutputOf(attempt));

        public void Discard(AttemptId attempt, string where)
        {
            OutputId output = inputs.OutputOf(attempt);
            worker.ReclaimedBytes += worker.Outputs.Find(output)?.ReclaimedBytes ?? 0;
            worker.Outputs.Release(output);
        }

        public void DiscardPartition(IReadOnlyList<ProducerWin> producers, int partition)
        {
            foreach (ProducerWin producer in producers)
            {
                worker.Outputs.Discard(inputs.OutputOf(producer.Attempt), partition);
            }
        }

        public void Write(Action work, Action done)
        {
            work();
            done();
        }

        public void Aside(Func<CoordinatorEvent> work)
        {
            if (!DiesBeforePublishing)
            {
                BeforePublishing();
                CoordinatorEvent told = work();
                _todo.Add(host => host.Handle(told));
            }
        }
    }
}
