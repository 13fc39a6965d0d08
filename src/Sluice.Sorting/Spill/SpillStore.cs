using Microsoft.Win32.SafeHandles;

namespace Sluice.Sorting;

/// <summary>Keeps runs as files in this process's spill directories; a full disk is an error at once.</summary>
/// <remarks>Threading: any threads create; each file as its user says.</remarks>
public sealed class SpillStore : ISpillStore
{
    private readonly SpillDirectories _directories;

    /// <param name="directories">Stay the caller's.</param>
    public SpillStore(SpillDirectories directories)
    {
        _directories = directories;
    }

    public IStoredFile Create(string hint) => new StoredFile(_directories.NewFile(hint));

    // Through the kernel's cache: a run is read again soon, in small pieces.
    private sealed class StoredFile : IStoredFile
    {
        private readonly SafeFileHandle _handle;

        public StoredFile(string path)
        {
            Path = path;
            _handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        }

        public string Path { get; }

        public void Write(ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(_handle, bytes, offset);

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> pieces, long offset) =>
            RandomAccess.Write(_handle, pieces, offset);

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
            if (_handle.IsClosed)
            {
                return;
            }

            _handle.Dispose();
            try
            {
                File.Delete(Path);
            }
            catch (DirectoryNotFoundException)
            {
                // Somebody removed the directory with all its files: what was wanted is done.
            }
        }
    }
}
