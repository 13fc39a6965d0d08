namespace Sluice.Buffers.Tests;

/// <summary>Builder and consumers against a model that is a list of bytes and a few numbers.</summary>
public sealed class BuilderModelTests
{
    [Theory]
    [Seeded(1)]
    [Seeded(2)]
    [Seeded(3)]
    [Seeded(4)]
    [Seeded(5)]
    [Seeded(6)]
    public void Random_operations_do_what_the_model_does(int seed)
    {
        var random = new Random(seed);
        using var whole = new WholePool(1, segmentSize: 40);
        using LocalBufferPool pool = whole.Share("map 0", 1, 1);
        for (int round = 0; round < 100; round++)
        {
            using (var run = new Run(pool, random))
            {
                run.Go();
            }

            Assert.Equal(0, pool.Lent);
        }
    }

    private sealed class Run(LocalBufferPool pool, Random random) : IDisposable
    {
        private readonly BufferBuilder _builder = new(pool.Request(CancellationToken.None));
        private readonly List<byte> _appended = [];
        private readonly List<(BufferConsumer Real, int Position)> _consumers = [];
        private readonly List<(NetworkBufferSlice Real, byte[] Bytes)> _slices = [];
        private int _committed;
        private bool _isFinished;
        private bool _isAbandoned;
        private bool _isGone;

        public void Go()
        {
            int steps = random.Next(5, 80);
            for (int step = 0; step < steps; step++)
            {
                Step();
                AssertSame();
            }

            if (!_isGone)
            {
                _isAbandoned |= !_isFinished;
                End(_builder.Dispose);
                AssertSame();
            }
        }

        public void Dispose()
        {
            _builder.Dispose();
            _consumers.ForEach(consumer => consumer.Real.Dispose());
            _slices.ForEach(slice => slice.Real.Release());
        }

        private void Step()
        {
            switch (random.Next(12))
            {
                case 0 or 1 or 2:
                    Append();
                    break;
                case 3 or 4:
                    Change(_builder.Commit, () => _committed = _appended.Count);
                    break;
                case 5 when random.Next(8) == 0:
                    Change(_builder.Finish, () => (_committed, _isFinished) = (_appended.Count, true));
                    break;
                case 6 when random.Next(8) == 0 && !_isGone:
                    _isAbandoned |= !_isFinished;
                    End(_builder.Dispose);
                    break;
                case 7 when _consumers.Count + _slices.Count < 8 && !_isGone:
                    int position = random.Next(_committed + 1);
                    _consumers.Add((_builder.CreateConsumer(position), position));
                    break;
                case 8 when _consumers.Count > 0 && _consumers.Count + _slices.Count < 8:
                    _consumers.Add((_consumers[0].Real.Fork(), _consumers[0].Position));
                    break;
                case 9 when _consumers.Count > 0:
                    Read(random.Next(_consumers.Count));
                    break;
                case 10 when _consumers.Count > 0 && _consumers.Count + _slices.Count < 8:
                    Take(random.Next(_consumers.Count));
                    break;
                case 11 when _slices.Count > 0:
                    _slices[0].Real.Release();
                    _slices.RemoveAt(0);
                    break;
                case 11 when _consumers.Count > 0:
                    _consumers[^1].Real.Dispose();
                    _consumers[^1].Real.Dispose();
                    _consumers.RemoveAt(_consumers.Count - 1);
                    break;
                default:
                    break;
            }
        }

        private void Append()
        {
            byte[] bytes = new byte[random.Next(12)];
            random.NextBytes(bytes);
            int fits = Math.Min(bytes.Length, 40 - _appended.Count);
            switch (random.Next(3))
            {
                case 0:
                    Change(() => Assert.Equal(fits, _builder.Append(bytes)), () => _appended.AddRange(bytes[..fits]));
                    break;
                case 1:
                    bool isAll = fits == bytes.Length;
                    Change(
                        () => Assert.Equal(isAll, _builder.TryAppend(bytes)),
                        () => _appended.AddRange(isAll ? bytes : []));
                    break;
                default:
                    Change(
                        () =>
                        {
                            bytes.AsSpan(0, fits).CopyTo(_builder.GetSpan());
                            _builder.Advance(fits);
                        },
                        () => _appended.AddRange(bytes[..fits]));
                    break;
            }
        }

        /// <summary>Does it to both; once finished, the builder refuses and the model does nothing.</summary>
        private void Change(Action real, Action model)
        {
            if (_isFinished)
            {
                Assert.Throws<InvalidOperationException>(real);
                return;
            }

            real();
            model();
        }

        /// <summary>What was not committed is dropped, if it was not finished before.</summary>
        private void End(Action real)
        {
            real();
            _appended.RemoveRange(_committed, _appended.Count - _committed);
            (_isFinished, _isGone) = (true, true);
        }

        private void Read(int index)
        {
            (BufferConsumer real, int position) = _consumers[index];
            int count = random.Next(_committed - position + 1);
            Assert.Throws<ArgumentOutOfRangeException>(() => real.Advance(_committed - position + 1));
            real.Advance(count);
            _consumers[index] = (real, position + count);
        }

        private void Take(int index)
        {
            (BufferConsumer real, int position) = _consumers[index];
            bool isTaken = real.TryTake(out NetworkBufferSlice slice);
            Assert.Equal(position < _committed, isTaken);
            if (isTaken)
            {
                _slices.Add((slice, [.. _appended[position.._committed]]));
            }

            _consumers[index] = (real, _committed);
        }

        private void AssertSame()
        {
            Assert.Equal((_appended.Count, _committed), (_builder.Length, _builder.Committed));
            Assert.Equal(_isFinished, _builder.IsFinished);
            foreach ((BufferConsumer real, int position) in _consumers)
            {
                Assert.Equal([.. _appended[position.._committed]], real.Readable.ToArray());
                Assert.Equal(_isFinished && position == _committed, real.IsFinished);
                Assert.Equal(_isAbandoned, real.IsAbandoned);
            }

            foreach ((NetworkBufferSlice real, byte[] bytes) in _slices)
            {
                Assert.Equal(bytes, real.Span.ToArray());
            }

            bool isHeld = !_isGone || _consumers.Count > 0 || _slices.Count > 0;
            Assert.Equal(isHeld ? 1 : 0, pool.Lent);
        }
    }
}
