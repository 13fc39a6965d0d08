using Sluice.Buffers;

namespace Sluice.Sorting;

/// <summary>What runs are written with: segments to build blocks in, a thread that writes them, and what compresses
/// them.</summary>
/// <remarks>Ownership: taken from the task's pool at once and for its user's life, so that a spill never waits for
/// memory. Threading: one run at a time.</remarks>
internal sealed class WriteMemory : IDisposable
{
    // Writes of fewer segments are too short to be worth a thread.
    private const int FewestBehind = 8;

    private readonly NetworkBuffer[] _segments;
    private bool _disposed;

    /// <param name="pool">The task's pool.</param>
    /// <param name="count">How many segments are filled and written at once.</param>
    /// <param name="codec">Compresses blocks in one segment more; null stores them as they are.</param>
    /// <param name="cancellationToken">Ends waiting for segments.</param>
    public WriteMemory(IBufferPool pool, int count, IBlockCodec? codec, CancellationToken cancellationToken)
    {
        _segments = pool.RequestAll(count, cancellationToken);
        try
        {
            Behind = count >= FewestBehind ? new WriteBehind(WaitKind.Spill, WriteBehind.BatchesOf(count)) : null;
            Compressor = codec is null ? null : new BlockCompressor(codec, pool.Request(cancellationToken));
        }
        catch
        {
            _segments.ReleaseAll();
            throw;
        }
    }

    /// <summary>Segments to build blocks in.</summary>
    public NetworkBuffer[] Segments => _segments;

    /// <summary>Writes a part of the segments while another is filled; null writes all of them at once.</summary>
    public WriteBehind? Behind { get; }

    /// <summary>Makes blocks smaller; null when they are stored as they are.</summary>
    public BlockCompressor? Compressor { get; }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            Behind?.Dispose();
            Compressor?.Dispose();
            _segments.ReleaseAll();
        }
    }
}
