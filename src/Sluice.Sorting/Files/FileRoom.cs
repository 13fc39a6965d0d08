using System.Diagnostics;

namespace Sluice.Sorting;

/// <summary>Gives the room of a file's stretches back, at once or when the disk needs it.</summary>
/// <remarks>Ownership: the file's, which disposes it first. Threading: any thread.</remarks>
internal sealed class FileRoom : IDisposable
{
    // The longest extent of XFS, and so the most that it keeps behind a file.
    private const long MostKept = 8L << 30;

    private readonly ReopenedFile _file;
    private readonly HoleChoice _choice;
    private readonly Lock _gate = new();

    // Under _gate.
    private readonly Stretches _putOff = new();
    private bool _disposed;

    /// <param name="file">The file.</param>
    /// <param name="choice">What the files of its disk found.</param>
    public FileRoom(ReopenedFile file, HoleChoice choice)
    {
        _file = file;
        _choice = choice;
    }

    /// <summary>Gives back what lies from one page's start to another's, which nobody reads any more.</summary>
    /// <param name="start">Where it starts.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="isCached">Whether some of it was written into the kernel's cache.</param>
    public void GiveBack(long start, long end, bool isCached)
    {
        if (isCached && !_choice.IsWorthwhile())
        {
            if (!_choice.IsRoomShort)
            {
                PutOff(start, end);
                return;
            }

            _choice.GiveBack();
        }

        Punch(start, end, isCached);
    }

    /// <summary>Gives back what the file system keeps behind a file's last page.</summary>
    /// <remarks>
    /// XFS expects a file that grew to grow on, and keeps as much room again for it: up to twice a spill file's length,
    /// until it is closed. Truncating would give it back too, after writing all that was not written yet.
    /// </remarks>
    public void EndAt(long end) => Punch(end, end + MostKept, isCached: false);

    /// <summary>Gives back what was put off.</summary>
    /// <returns>Whether there was anything.</returns>
    public bool GiveBackPutOff()
    {
        (long Start, long End)[] stretches;
        lock (_gate)
        {
            stretches = _putOff.TakeAll();
        }

        foreach ((long start, long end) in stretches)
        {
            Punch(start, end, isCached: true);
        }

        return stretches.Length > 0;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _choice.Forget(this);
        }
    }

    // Under the gate, so that none is owed any more when the file is gone.
    private void PutOff(long start, long end)
    {
        lock (_gate)
        {
            if (!_disposed)
            {
                _putOff.Add(start, end - start);
                _choice.Owes(this);
            }
        }
    }

    private void Punch(long start, long end, bool isCached)
    {
        try
        {
            using ReopenedFile.Use use = _file.Begin();
            long began = Stopwatch.GetTimestamp();
            bool hasWaited = FileHole.Punch(use.Cached, start, end - start);
            if (isCached)
            {
                _choice.Took(Stopwatch.GetElapsedTime(began), hasWaited);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // It cannot be opened again, or is gone: the room comes back with the file.
        }
    }
}
