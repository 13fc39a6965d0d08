namespace Sluice.Sorting.Tests;

/// <summary>A spill store that keeps its files as arrays and knows which are still there.</summary>
internal sealed class MemoryStore : ISpillStore
{
    private readonly List<StoredFile> _files = [];

    /// <summary>Says of its files that reads wait for a device, so that they are asked for ahead.</summary>
    public bool WaitsForDevice { get; init; }

    public int LiveFiles => _files.Count(file => !file.IsDisposed);

    public int CreatedFiles => _files.Count;

    public IReadOnlyList<StoredFile> Files => _files;

    public IStoredFile Create(string hint)
    {
        lock (_files)
        {
            StoredFile file = new($"{hint}-{_files.Count}") { DeviceFrom = WaitsForDevice ? 0 : long.MaxValue };
            _files.Add(file);
            return file;
        }
    }

    internal sealed class StoredFile(string path) : IStoredFile
    {
        private readonly Lock _gate = new();
        private int _reads;

        public byte[] Bytes { get; set; } = [];

        public bool IsDisposed { get; private set; }

        /// <summary>Calls that read it.</summary>
        public int Reads => Volatile.Read(ref _reads);

        public string Path => path;

        /// <summary>From this byte on reads wait for a device.</summary>
        public long DeviceFrom { get; set; }

        public bool WaitsForDevice(long offset, long length) => offset + length > DeviceFrom;

        /// <summary>Where it was said to end; nothing may be written to it afterwards.</summary>
        public long? End { get; private set; }

        public void Finish(long length) => End = length;

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            Assert.Null(End);
            lock (_gate)
            {
                if (Bytes.Length < offset + bytes.Length)
                {
                    byte[] grown = new byte[offset + bytes.Length];
                    Bytes.CopyTo(grown, 0);
                    Bytes = grown;
                }

                bytes.CopyTo(Bytes.AsSpan((int)offset));
            }
        }

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> pieces, long offset)
        {
            foreach (ReadOnlyMemory<byte> piece in pieces)
            {
                Write(piece.Span, offset);
                offset += piece.Length;
            }
        }

        public int Read(Span<byte> bytes, long offset)
        {
            Interlocked.Increment(ref _reads);
            return ReadAt(bytes, offset);
        }

        public long Read(IReadOnlyList<Memory<byte>> pieces, long offset)
        {
            Interlocked.Increment(ref _reads);
            long filled = 0;
            foreach (Memory<byte> piece in pieces)
            {
                filled += ReadAt(piece.Span, offset + filled);
            }

            return filled;
        }

        private int ReadAt(Span<byte> bytes, long offset)
        {
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            int count = (int)Math.Clamp(Bytes.Length - offset, 0, bytes.Length);
            offset = Math.Min(offset, Bytes.Length);
            Bytes.AsSpan((int)offset, count).CopyTo(bytes);
            return count;
        }

        /// <summary>Bytes given back.</summary>
        public long Discarded { get; private set; }

        public void Discard(long offset, long length)
        {
            lock (_gate)
            {
                Bytes.AsSpan((int)offset, (int)length).Clear();
                Discarded += length;
            }
        }

        public void Dispose() => IsDisposed = true;
    }
}
