namespace Sluice.Client;

/// <summary>Sums the bytes that all readers have read, and passes a cancellation on to them.</summary>
internal sealed class VerifyProgress(IProgress<long>? progress, CancellationToken cancellationToken)
{
    private long _bytes;

    public void Add(long bytes)
    {
        cancellationToken.ThrowIfCancellationRequested();
        long total = Interlocked.Add(ref _bytes, bytes);
        progress?.Report(total);
    }
}
