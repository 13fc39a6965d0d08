using System.Diagnostics;
using Sluice.Buffers;

namespace Sluice.Sorting;

/// <summary>A store that counts what goes through its files, and as waits of the task when its own thread writes or
/// reads.</summary>
public sealed class TimedStore : ISpillStore
{
    private readonly ISpillStore _store;
    private readonly SpillTraffic _traffic;

    /// <param name="store">Keeps the files.</param>
    /// <param name="traffic">Counts, also for files that are read when their writer has long ended.</param>
    public TimedStore(ISpillStore store, SpillTraffic traffic)
    {
        _store = store;
        _traffic = traffic;
    }

    public IStoredFile Create(string hint)
    {
        using WaitClock.Wait wait = WaitClock.Begin(WaitKind.Spill);
        return new TimedFile(_store.Create(hint), _traffic);
    }

    private sealed class TimedFile(IStoredFile file, SpillTraffic traffic) : IStoredFile
    {
        public string Path => file.Path;

        public bool WaitsForDevice(long offset, long length) => file.WaitsForDevice(offset, length);

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            using WaitClock.Wait wait = WaitClock.Begin(WaitKind.Spill);
            long start = Stopwatch.GetTimestamp();
            file.Write(bytes, offset);
            traffic.Wrote(bytes.Length, Stopwatch.GetTimestamp() - start);
        }

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> pieces, long offset)
        {
            using WaitClock.Wait wait = WaitClock.Begin(WaitKind.Spill);
            long start = Stopwatch.GetTimestamp();
            file.Write(pieces, offset);
            long length = 0;
            for (int i = 0; i < pieces.Count; i++)
            {
                length += pieces[i].Length;
            }

            traffic.Wrote(length, Stopwatch.GetTimestamp() - start);
        }

        public int Read(Span<byte> bytes, long offset)
        {
            using WaitClock.Wait wait = WaitClock.Begin(WaitKind.SpillRead);
            long start = Stopwatch.GetTimestamp();
            int count = file.Read(bytes, offset);
            traffic.DidRead(count, Stopwatch.GetTimestamp() - start);
            return count;
        }

        public long Read(IReadOnlyList<Memory<byte>> pieces, long offset)
        {
            using WaitClock.Wait wait = WaitClock.Begin(WaitKind.SpillRead);
            long start = Stopwatch.GetTimestamp();
            long count = file.Read(pieces, offset);
            traffic.DidRead(count, Stopwatch.GetTimestamp() - start);
            return count;
        }

        public void GiveUp() => file.GiveUp();

        public void Finish(long length) => file.Finish(length);

        public void Discard(long offset, long length) => file.Discard(offset, length);

        public void Dispose() => file.Dispose();
    }
}
