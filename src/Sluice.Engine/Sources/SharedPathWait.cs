using System.Diagnostics;
using Sluice.Buffers;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>Waits until directories that other machines have made are seen on this one.</summary>
/// <remarks>Threading: any threads; each that misses a directory waits for itself.</remarks>
internal sealed class SharedPathWait
{
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(1);

    private readonly TimeSpan _patience;
    private readonly Lock _gate = new();

    // Under _gate, the longest wait first.
    private readonly List<Missing> _missing = [];

    /// <param name="patience">How long one thread waits at the most; zero fails at once.</param>
    public SharedPathWait(TimeSpan patience)
    {
        _patience = patience;
    }

    /// <summary>Fails at once: where one process makes all directories, what is missing was deleted.</summary>
    public static SharedPathWait None { get; } = new(TimeSpan.Zero);

    /// <summary>How long what one silo made may take to be seen by the others.</summary>
    public static TimeSpan OfSilos { get; } = TimeSpan.FromMinutes(1);

    /// <summary>Opens something in a directory that another machine has made, as soon as it is seen here.</summary>
    /// <param name="path">What is opened.</param>
    /// <param name="open">Opens it; runs again while the directory is missing.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="DirectoryNotFoundException">It was not seen in time.</exception>
    public T Open<T>(string path, Func<T> open, CancellationToken cancellation)
    {
        try
        {
            return open();
        }
        catch (DirectoryNotFoundException) when (_patience > TimeSpan.Zero)
        {
            return OpenWhenSeen(path, open, cancellation);
        }
    }

    /// <summary>What is waited for, a sentence; null when nobody waits, or not for long enough to be told.</summary>
    /// <param name="where">This machine, as people call it.</param>
    public string? Describe(string where)
    {
        lock (_gate)
        {
            return _missing.Count > 0 && Stopwatch.GetElapsedTime(_missing[0].Since) > LongestInterval
                ? $"{where} does not see {Path.GetDirectoryName(_missing[0].Path)} yet; asking for it again"
                : null;
        }
    }

    private T OpenWhenSeen<T>(string path, Func<T> open, CancellationToken cancellation)
    {
        Missing missing = new(path, Stopwatch.GetTimestamp());
        lock (_gate)
        {
            _missing.Add(missing);
        }

        try
        {
            GrowingWait next = new(ShortestInterval, LongestInterval);
            while (true)
            {
                using (WaitClock.Begin(WaitKind.Output))
                {
                    next.Wait(cancellation);
                    SharedPath.Refresh(path);
                }

                try
                {
                    return open();
                }
                catch (DirectoryNotFoundException) when (Stopwatch.GetElapsedTime(missing.Since) < _patience)
                {
                }
            }
        }
        finally
        {
            lock (_gate)
            {
                _missing.Remove(missing);
            }
        }
    }

    private sealed record Missing(string Path, long Since);
}
