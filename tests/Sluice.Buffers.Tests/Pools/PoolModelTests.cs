namespace Sluice.Buffers.Tests;

/// <summary>Pools against the naive <see cref="PoolModel"/>, step by step.</summary>
public sealed class PoolModelTests
{
    [Theory]
    [Seeded(1)]
    [Seeded(2)]
    [Seeded(3)]
    [Seeded(4)]
    [Seeded(5)]
    [Seeded(6)]
    [Seeded(7)]
    [Seeded(8)]
    public async Task Random_steps_lend_exactly_what_the_model_lends(int seed)
    {
        var random = new Random(seed);
        int total = random.Next(4, 24);
        using var whole = new WholePool(total);
        var pair = new Pair(whole, new PoolModel(total));
        for (int step = 0; step < 1500; step++)
        {
            await pair.StepAsync(random);

            // Reading a count empties the magazines, so they are left alone for some steps in a row.
            if (seed % 2 == 0 || random.Next(10) == 0)
            {
                pair.AssertSame();
            }
        }

        await pair.EndAsync();
    }

    /// <summary>A real pool and its model, taking the same steps.</summary>
    private sealed class Pair(WholePool whole, PoolModel model)
    {
        private readonly List<Twin> _twins = [];
        private readonly List<Twin> _orphans = [];
        private readonly List<(
            PoolModel.Waiting Waiting,
            Twin Twin,
            Task<NetworkBuffer> Task,
            CancellationTokenSource Cancel)> _line = [];
        private int _number;

        public async Task StepAsync(Random random)
        {
            int choice = random.Next(100);
            Twin? twin = _twins.Count == 0 ? null : _twins[random.Next(_twins.Count)];
            if (choice < 8 || twin is null)
            {
                Create(random);
            }
            else if (choice < 45)
            {
                Request(twin);
            }
            else if (choice < 75)
            {
                await ReleaseAsync(twin, random);
            }
            else if (choice < 83)
            {
                await WaitAsync(twin);
            }
            else if (choice < 87)
            {
                await CancelAsync(random);
            }
            else if (choice < 93)
            {
                await PromiseAsync(twin);
            }
            else if (choice < 94)
            {
                twin.Pool.GiveUpMinimum();
                model.Resize(twin.Share, 0, twin.Share.Maximum);
                await ServeAsync();
            }
            else if (choice < 97)
            {
                await ResizeAsync(twin, random);
            }
            else
            {
                await DestroyAsync(twin);
            }
        }

        public void AssertSame()
        {
            Assert.Equal(model.Free, whole.Network.Free);
            Assert.Equal(whole.Network.Total, whole.Network.Free + whole.Network.Lent);
            foreach (Twin twin in _twins)
            {
                Assert.Equal(twin.Share.Lent, twin.Pool.Lent);
                Assert.Equal(twin.Share.Minimum, twin.Pool.Minimum);
                Assert.Equal(model.Available(twin.Share), twin.Pool.Available);
            }
        }

        public async Task EndAsync()
        {
            foreach (Twin twin in _twins.ToList())
            {
                await DestroyAsync(twin);
            }

            foreach (Twin orphan in _orphans)
            {
                orphan.Held.ForEach(buffer => buffer.Release());
            }

            Assert.Empty(_line);
        }

        private void Create(Random random)
        {
            int minimum = random.Next(4);
            int maximum = Math.Max(1, minimum + random.Next(12));
            var options = new BufferPoolOptions { Owner = $"task {_number++}", Minimum = minimum, Maximum = maximum };
            if (minimum > whole.Network.Total - model.Guaranteed)
            {
                Assert.Throws<InsufficientBuffersException>(() => whole.Network.CreateBufferPool(options));
                return;
            }

            var share = new PoolModel.Share { Minimum = minimum, Maximum = maximum };
            model.Shares.Add(share);
            _twins.Add(new Twin(whole.Network.CreateBufferPool(options), share));
        }

        private async Task ResizeAsync(Twin twin, Random random)
        {
            int minimum = random.Next(5);
            int maximum = Math.Max(1, minimum + random.Next(8));
            if (minimum > whole.Network.Total - model.Guaranteed + twin.Share.Minimum)
            {
                Assert.Throws<InsufficientBuffersException>(() => twin.Pool.Resize(minimum, maximum));
                return;
            }

            twin.Pool.Resize(minimum, maximum);
            model.Resize(twin.Share, minimum, maximum);
            await ServeAsync();
        }

        private void Request(Twin twin)
        {
            bool expected = model.TryTake(twin.Share);
            bool got = twin.Pool.TryRequest(out NetworkBuffer buffer);

            Assert.Equal(expected, got);
            if (got)
            {
                twin.Held.Add(buffer);
            }
        }

        private async Task ReleaseAsync(Twin twin, Random random)
        {
            Twin from = _orphans.Count > 0 && random.Next(4) == 0 ? _orphans[random.Next(_orphans.Count)] : twin;
            if (from.Held.Count == 0)
            {
                return;
            }

            NetworkBuffer buffer = from.Held[^1];
            from.Held.RemoveAt(from.Held.Count - 1);
            from.Share.Lent--;
            buffer.Release();
            await ServeAsync();
        }

        private async Task WaitAsync(Twin twin)
        {
            bool expected = model.TryTake(twin.Share);
            var cancel = new CancellationTokenSource();
            Task<NetworkBuffer> task = twin.Pool.RequestAsync(cancel.Token).AsTask();
            if (expected)
            {
                twin.Held.Add(await task.WaitAsync(Deadline.Time));
                return;
            }

            Assert.False(task.IsCompleted);
            var waiting = new PoolModel.Waiting(twin.Share, _number++);
            model.Line.Add(waiting);
            _line.Add((waiting, twin, task, cancel));
        }

        private async Task CancelAsync(Random random)
        {
            if (_line.Count == 0)
            {
                return;
            }

            (PoolModel.Waiting waiting, _, Task<NetworkBuffer> task, CancellationTokenSource cancel) =
                _line[random.Next(_line.Count)];
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task.WaitAsync(Deadline.Time));
            Leave(waiting);
        }

        private async Task PromiseAsync(Twin twin)
        {
            if (twin.Promise is { } promise)
            {
                promise.Dispose();
                twin.Promise = null;
            }
            else
            {
                // It promises and gives nothing when asked, so that only the rules decide.
                twin.Promise = twin.Pool.RegisterReclaim(new EmptyHandedHolder());
            }

            twin.Share.CanGiveBack = twin.Promise is not null;
            await ServeAsync();
        }

        private async Task DestroyAsync(Twin twin)
        {
            twin.Pool.Dispose();
            _twins.Remove(twin);
            _orphans.Add(twin);
            (twin.Share.Minimum, twin.Share.IsClaiming, twin.Share.CanGiveBack, twin.Share.IsDestroyed) =
                (0, false, false, true);
            foreach ((PoolModel.Waiting waiting, _, Task<NetworkBuffer> task, _) in
                _line.Where(entry => entry.Twin == twin).ToList())
            {
                await Assert.ThrowsAsync<ObjectDisposedException>(() => task.WaitAsync(Deadline.Time));
                Leave(waiting);
            }

            await ServeAsync();
        }

        /// <summary>Whoever the model serves must have been served, and nobody else.</summary>
        private async Task ServeAsync()
        {
            foreach (PoolModel.Waiting served in model.Serve())
            {
                (_, Twin twin, Task<NetworkBuffer> task, _) = _line.Find(entry => entry.Waiting == served);
                twin.Held.Add(await task.WaitAsync(Deadline.Time));
                Leave(served);
            }

            Assert.All(_line, entry => Assert.False(entry.Task.IsCompleted));
        }

        private void Leave(PoolModel.Waiting waiting)
        {
            model.Line.Remove(waiting);
            _line.RemoveAll(entry => entry.Waiting == waiting);
        }
    }

    private sealed class Twin(LocalBufferPool pool, PoolModel.Share share)
    {
        public LocalBufferPool Pool { get; } = pool;

        public PoolModel.Share Share { get; } = share;

        public List<NetworkBuffer> Held { get; } = [];

        public IDisposable? Promise { get; set; }
    }
}
