using Microsoft.Win32.SafeHandles;

namespace Sluice.Sorting;

/// <summary>Keeps runs as files in this process's spill directories.</summary>
public sealed class SpillStore : ISpillStore
{
    private readonly SpillDirectories _directories;
    private readonly DiskWait _wait;
    private readonly CancellationToken _cancellation;

    /// <param name="directories">Stay the caller's.</param>
    /// <param name="wait">What is done when a disk is full.</param>
    /// <param name="cancellation">Ends waiting for room.</param>
    public SpillStore(SpillDirectories directories, DiskWait wait, CancellationToken cancellation)
    {
        _directories = directories;
        _wait = wait;
        _cancellation = cancellation;
    }

    public IStoredFile Create(string hint)
    {
        StoredFile? file = null;
        string path = _directories.NewFile(hint);
        _wait.Run(path, () => file = new StoredFile(path, _wait, _cancellation), _cancellation);
        return file!;
    }

    // Through the kernel's cache: a run is read again soon, in small pieces.
    private sealed class StoredFile : IStoredFile
    {
        private readonly SafeFileHandle _handle;
        private readonly DiskWait _wait;
        private readonly CancellationToken _cancellation;

        public StoredFile(string path, DiskWait wait, CancellationToken cancellation)
        {
            Path = path;
            _wait = wait;
            _cancellation = cancellation;
            _handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        }

        public string Path { get; }

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            try
            {
                RandomAccess.Write(_handle, bytes, offset);
            }
            catch (IOException exception) when (_wait.Limit > TimeSpan.Zero && DiskWait.IsFull(exception))
            {
                Write([bytes.ToArray()], offset);
            }
        }

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> pieces, long offset) =>
            _wait.Run(Path, () => RandomAccess.Write(_handle, pieces, offset), _cancellation);

        public int Read(Span<byte> bytes, long offset)
        {
            int filled = 0;
            while (filled < bytes.Length)
            {
                int count = RandomAccess.Read(_handle, bytes[filled..], offset + filled);
                if (count == 0)
                {
                    break;
                }

                filled += count;
            }

            return filled;
        }

        public void Discard(long offset, long length) => FileHole.Punch(_handle, offset, length);

        public void Dispose()
        {
            if (!_handle.IsClosed)
            {
                _handle.Dispose();
                File.Delete(Path);
            }
        }
    }
}
