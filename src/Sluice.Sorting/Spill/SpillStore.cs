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

    public IStoredFile Create(string hint) => new StoredFile(_directories.CreateFile(hint));

    private sealed class StoredFile : IStoredFile
    {
        private readonly StorageFile _file;
        private int _disposed;

        public StoredFile(StorageFile file)
        {
            _file = file;
        }

        public string Path => _file.Path;

        public bool WaitsForDevice(long offset, long length) => _file.IsDirect(offset, length);

        public void Write(ReadOnlySpan<byte> bytes, long offset) => _file.Write(bytes, offset);

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> pieces, long offset) => _file.Write(pieces, offset);

        public int Read(Span<byte> bytes, long offset) => _file.Read(bytes, offset);

        public long Read(IReadOnlyList<Memory<byte>> pieces, long offset) => _file.Read(pieces, offset);

        public void Finish(long length) => _file.Finish(length);

        public void Discard(long offset, long length) => _file.Discard(offset, length);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) != 0)
            {
                return;
            }

            _file.Dispose();
            try
            {
                File.Delete(Path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The directory was removed with all its files, or the file goes with the directory: whoever gives it
                // up has more to give back, and nobody reads it again.
            }
        }
    }
}
