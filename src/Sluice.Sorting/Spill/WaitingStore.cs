namespace Sluice.Sorting;

/// <summary>A store whose files wait for room when the disk of the store below is full.</summary>
/// <remarks>Only writes and creations wait; each is repeated as a whole, at the same place.</remarks>
public sealed class WaitingStore : ISpillStore
{
    private readonly ISpillStore _store;
    private readonly DiskWait _wait;
    private readonly CancellationToken _cancellation;

    /// <param name="store">Keeps the files.</param>
    /// <param name="wait">How long, and who is told.</param>
    /// <param name="cancellation">Ends waiting for room, as giving a file up does for that file.</param>
    public WaitingStore(ISpillStore store, DiskWait wait, CancellationToken cancellation)
    {
        _store = store;
        _wait = wait;
        _cancellation = cancellation;
    }

    /// <inheritdoc/>
    /// <exception cref="OperationCanceledException">Cancelled while there was no room.</exception>
    public IStoredFile Create(string hint)
    {
        IStoredFile? file = null;
        _wait.Run($"a new {hint} file", () => file = _store.Create(hint), _cancellation);
        return new WaitingFile(file!, _wait, _cancellation);
    }

    private sealed class WaitingFile(IStoredFile file, DiskWait wait, CancellationToken cancellation) : IStoredFile
    {
        private readonly CancellationTokenSource _givenUp =
            CancellationTokenSource.CreateLinkedTokenSource(cancellation);

        public string Path => file.Path;

        public bool WaitsForDevice(long offset, long length) => file.WaitsForDevice(offset, length);

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            try
            {
                file.Write(bytes, offset);
            }
            catch (IOException exception) when (DiskWait.IsFull(exception))
            {
                // What is repeated later must not depend on the caller's stack.
                Write([bytes.ToArray()], offset);
            }
        }

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> pieces, long offset) =>
            wait.Run(Path, () => file.Write(pieces, offset), _givenUp.Token);

        public int Read(Span<byte> bytes, long offset) => file.Read(bytes, offset);

        public long Read(IReadOnlyList<Memory<byte>> pieces, long offset) => file.Read(pieces, offset);

        public void GiveUp() => _givenUp.Cancel();

        public void Finish(long length) => file.Finish(length);

        public void Discard(long offset, long length) => file.Discard(offset, length);

        public void Dispose()
        {
            file.Dispose();
            _givenUp.Dispose();
        }
    }
}
