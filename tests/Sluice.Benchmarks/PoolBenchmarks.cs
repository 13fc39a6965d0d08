using System.Collections.Concurrent;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Sluice.Buffers;

namespace Sluice.Benchmarks;

/// <summary>Request and recycle on one thread, on two threads, and across two threads.</summary>
/// <remarks>
/// The baseline of the first two is the least a shared pool can do: a lock and a stack of the same segments. That of
/// the third is a <see cref="BlockingCollection{T}"/> of 64; both hand the buffers over through the same ring. One
/// operation is one pair of a request and a recycle, so the ratio of the two-thread rows compares pairs a second. Not
/// sealed, because BenchmarkDotNet derives from it.
/// </remarks>
[MemoryDiagnoser]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class PoolBenchmarks : IDisposable
{
    private const int Pairs = 1_000_000;
    private const int Segments = 64;

    private readonly Lock _gate = new();
    private readonly Stack<object> _stack = new(Segments);
    private readonly BlockingCollection<object> _collection = new(Segments);
    private readonly HandOver<object> _objects = new(Segments);
    private readonly HandOver<NetworkBuffer> _buffers = new(Segments);
    private readonly SecondThread _second = new();
    private readonly Action _secondLock;
    private readonly Action _secondPool;
    private readonly Action _secondCollection;
    private readonly Action _secondRecycler;
    private NetworkBufferPool? _network;
    private LocalBufferPool? _pool;

    public PoolBenchmarks()
    {
        _secondLock = () => LockAndStack(Pairs / 2);
        _secondPool = () => RequestAndRecycle(Pairs / 2);
        _secondCollection = AddBack;
        _secondRecycler = Recycle;
    }

    [GlobalSetup]
    public void Setup()
    {
        _network = new NetworkBufferPool(new NetworkBufferPoolOptions { SegmentCount = Segments });
        _pool = _network.CreateBufferPool(
            new BufferPoolOptions { Owner = "benchmark", Minimum = Segments, Maximum = Segments });
        for (int i = 0; i < Segments; i++)
        {
            _stack.Push(new object());
            _collection.Add(new object());
        }
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _second.Dispose();
        _collection.Dispose();
        _pool?.Dispose();
        _network?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Pairs), BenchmarkCategory("One thread")]
    public void One_thread_lock_and_stack() => LockAndStack(Pairs);

    [Benchmark(OperationsPerInvoke = Pairs), BenchmarkCategory("One thread")]
    public void One_thread_pool() => RequestAndRecycle(Pairs);

    [Benchmark(Baseline = true, OperationsPerInvoke = Pairs), BenchmarkCategory("Two threads")]
    public void Two_threads_lock_and_stack()
    {
        _second.Start(_secondLock);
        LockAndStack(Pairs / 2);
        _second.Join();
    }

    [Benchmark(OperationsPerInvoke = Pairs), BenchmarkCategory("Two threads")]
    public void Two_threads_pool()
    {
        _second.Start(_secondPool);
        RequestAndRecycle(Pairs / 2);
        _second.Join();
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Pairs), BenchmarkCategory("Across threads")]
    public void Across_threads_blocking_collection()
    {
        _second.Start(_secondCollection);
        for (int i = 0; i < Pairs; i++)
        {
            _objects.Put(_collection.Take());
        }

        _second.Join();
    }

    [Benchmark(OperationsPerInvoke = Pairs), BenchmarkCategory("Across threads")]
    public void Across_threads_pool()
    {
        _second.Start(_secondRecycler);
        for (int i = 0; i < Pairs; i++)
        {
            _buffers.Put(_pool!.Request(CancellationToken.None));
        }

        _second.Join();
    }

    private void LockAndStack(int pairs)
    {
        for (int i = 0; i < pairs; i++)
        {
            object taken;
            lock (_gate)
            {
                taken = _stack.Pop();
            }

            lock (_gate)
            {
                _stack.Push(taken);
            }
        }
    }

    private void RequestAndRecycle(int pairs)
    {
        for (int i = 0; i < pairs; i++)
        {
            _pool!.Request(CancellationToken.None).Release();
        }
    }

    private void AddBack()
    {
        for (int i = 0; i < Pairs; i++)
        {
            _collection.Add(_objects.Take());
        }
    }

    private void Recycle()
    {
        for (int i = 0; i < Pairs; i++)
        {
            _buffers.Take().Release();
        }
    }

    /// <summary>
    /// A ring with one writer and one reader; it holds all segments there are, so only an empty one waits.
    /// </summary>
    private sealed class HandOver<T>(int size)
    {
        private readonly T[] _items = new T[size];
        private readonly long[] _positions = new long[64];

        public void Put(T item)
        {
            long position = _positions[16];
            _items[position & (size - 1)] = item;
            Volatile.Write(ref _positions[16], position + 1);
        }

        public T Take()
        {
            long position = _positions[32];
            if (_positions[33] == position)
            {
                // All that is there is taken before the writer's position is read again.
                SpinWait wait = default;
                while ((_positions[33] = Volatile.Read(ref _positions[16])) == position)
                {
                    wait.SpinOnce(sleep1Threshold: -1);
                }
            }

            _positions[32] = position + 1;
            return _items[position & (size - 1)];
        }
    }

    /// <summary>A thread that waits for work, so that starting one is not part of what is measured.</summary>
    private sealed class SecondThread : IDisposable
    {
        private readonly SemaphoreSlim _mayRun = new(0);
        private readonly SemaphoreSlim _hasRun = new(0);
        private readonly Thread _thread;
        private Action? _work;

        public SecondThread()
        {
            _thread = new Thread(Run) { IsBackground = true };
            _thread.Start();
        }

        public void Start(Action work)
        {
            _work = work;
            _mayRun.Release();
        }

        public void Join() => _hasRun.Wait();

        public void Dispose()
        {
            _work = null;
            _mayRun.Release();
            _thread.Join();
            _mayRun.Dispose();
            _hasRun.Dispose();
        }

        private void Run()
        {
            while (true)
            {
                _mayRun.Wait();
                if (_work is not { } work)
                {
                    return;
                }

                work();
                _hasRun.Release();
            }
        }
    }
}
