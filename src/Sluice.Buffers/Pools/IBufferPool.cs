namespace Sluice.Buffers;

/// <summary>Where a task gets its buffers and where they return to.</summary>
/// <remarks>
/// Up to <see cref="Minimum"/> a waiting request is certain to be met; up to <see cref="Maximum"/> it is met from what
/// is spare. Counts are exact at the moment they are read; reading one is dearer than a request, so not for every
/// record. Threading: any thread.
/// </remarks>
public interface IBufferPool : IBufferProvider, IBufferRecycler
{
    /// <summary>Who holds the buffers, as messages name it.</summary>
    string Owner { get; }

    /// <summary>Buffers it gets in any case.</summary>
    int Minimum { get; }

    /// <summary>Buffers it gets at most, overdraft aside.</summary>
    int Maximum { get; }

    /// <summary>Buffers that are out now.</summary>
    int Lent { get; }

    /// <summary>How many more could be had now without waiting.</summary>
    int Available { get; }

    /// <summary>
    /// Promises that what this pool holds beyond its minimum can be given back in bounded time. In return it may also
    /// borrow what others are guaranteed but have not asked for.
    /// </summary>
    /// <returns>Dispose it to withdraw the promise.</returns>
    /// <exception cref="ObjectDisposedException">The pool was destroyed.</exception>
    IDisposable RegisterReclaim(IReclaimable reclaimable);
}
