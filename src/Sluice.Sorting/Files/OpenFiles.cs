namespace Sluice.Sorting;

/// <summary>Keeps files open between their uses, but not more than a process should have.</summary>
/// <remarks>
/// A run's file is needed until its last reader is done, and large jobs make thousands of them, where a system may let
/// a process have a thousand files open. So those that nobody uses are closed when there are too many, the longest
/// unused first, and opened again for their next use, which costs little beside the large piece that is read then.
/// Threading: any thread.
/// </remarks>
internal sealed class OpenFiles
{
    // The runtime and its libraries have some seventy; each file here may have two handles, and as many again are left
    // for inputs and connections.
    private const int OfRuntime = 128;
    private const int ShareOfRest = 4;
    private const int Fewest = 8;
    private const int Most = 1 << 14;

    private readonly Lock _gate = new();
    private readonly int _most;

    // Under _gate: open and not used, the longest unused first.
    private readonly LinkedList<ReopenedFile> _idle = new();
    private int _open;

    /// <param name="most">Files open at once; more only while they are all in use.</param>
    public OpenFiles(int most)
    {
        _most = most;
    }

    /// <summary>Of this process.</summary>
    public static OpenFiles OfProcess { get; } =
        new((int)Math.Clamp((ProcessLimits.OpenFiles - OfRuntime) / ShareOfRest, Fewest, Most));

    /// <summary>Files that are open now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _open;
            }
        }
    }

    /// <summary>A use begins: as long as it lasts, the file is not closed for others.</summary>
    /// <returns>Its handles; null when it is closed.</returns>
    /// <exception cref="ObjectDisposedException">It was given up.</exception>
    public FileHandles? Begin(ReopenedFile file)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(file.IsGivenUp, file);
            file.Uses++;
            if (file.Place.List is not null)
            {
                _idle.Remove(file.Place);
            }

            return file.Handles;
        }
    }

    /// <summary>A file in use was opened: others are closed for it.</summary>
    /// <exception cref="ObjectDisposedException">It was given up meanwhile; the handles are closed.</exception>
    public void Opened(ReopenedFile file, FileHandles handles)
    {
        List<FileHandles> closed;
        bool isGivenUp;
        lock (_gate)
        {
            isGivenUp = file.IsGivenUp;
            if (isGivenUp)
            {
                closed = [handles];
            }
            else
            {
                file.Handles = handles;
                _open++;
                closed = TakeIdleBeyond(_most);
            }
        }

        closed.ForEach(unused => unused.Dispose());
        ObjectDisposedException.ThrowIf(isGivenUp, file);
    }

    /// <summary>A use has ended.</summary>
    public void End(ReopenedFile file)
    {
        List<FileHandles>? closed = null;
        lock (_gate)
        {
            file.Uses--;
            if (file.Uses == 0 && file.Handles is not null)
            {
                _idle.AddLast(file.Place);
                closed = _open > _most ? TakeIdleBeyond(_most) : null;
            }
        }

        closed?.ForEach(unused => unused.Dispose());
    }

    /// <summary>The file is not used any more; a use that goes on meanwhile may fail.</summary>
    public void GiveUp(ReopenedFile file)
    {
        FileHandles? closed;
        lock (_gate)
        {
            file.IsGivenUp = true;
            closed = file.Handles;
            if (file.Place.List is not null)
            {
                _idle.Remove(file.Place);
            }

            if (closed is not null)
            {
                file.Handles = null;
                _open--;
            }
        }

        closed?.Dispose();
    }

    /// <summary>Closes all files that nobody uses, because the process may open no more.</summary>
    /// <returns>Whether there were any.</returns>
    public bool CloseIdle()
    {
        List<FileHandles> closed;
        lock (_gate)
        {
            closed = TakeIdleBeyond(0);
        }

        closed.ForEach(unused => unused.Dispose());
        return closed.Count > 0;
    }

    private List<FileHandles> TakeIdleBeyond(int most)
    {
        List<FileHandles> taken = [];
        while (_open > most && _idle.First is LinkedListNode<ReopenedFile> longest)
        {
            taken.Add(longest.Value.Handles!);
            longest.Value.Handles = null;
            _idle.Remove(longest);
            _open--;
        }

        return taken;
    }
}
