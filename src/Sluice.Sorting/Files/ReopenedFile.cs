using Microsoft.Win32.SafeHandles;

namespace Sluice.Sorting;

/// <summary>A file that is open while it is used and, as far as <see cref="OpenFiles"/> allows, afterwards.</summary>
/// <remarks>Ownership: disposing closes it. Threading: any thread uses it.</remarks>
internal sealed class ReopenedFile : IDisposable
{
    private readonly FileAccess _access;
    private readonly OpenFiles _all;
    private readonly Lock _opening = new();

    /// <param name="path">The file.</param>
    /// <param name="mode">Whether it is made now; later it must be there.</param>
    /// <param name="access">What its handles are for.</param>
    /// <param name="all">Closes it for others.</param>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public ReopenedFile(string path, FileMode mode, FileAccess access, OpenFiles all)
    {
        Path = path;
        _access = access;
        _all = all;
        Place = new LinkedListNode<ReopenedFile>(this);
        using Use made = Begin(mode);
    }

    public string Path { get; }

    // These are OpenFiles's, under its lock.
    internal LinkedListNode<ReopenedFile> Place { get; }

    internal FileHandles? Handles { get; set; }

    internal int Uses { get; set; }

    internal bool IsGivenUp { get; set; }

    /// <summary>Opens the file if it is not open, and keeps it so until the use is disposed.</summary>
    /// <exception cref="IOException">It cannot be opened, or is gone.</exception>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public Use Begin() => Begin(FileMode.Open);

    public void Dispose() => _all.GiveUp(this);

    private Use Begin(FileMode mode)
    {
        FileHandles? handles = _all.Begin(this);
        try
        {
            return new Use(this, handles ?? Open(mode));
        }
        catch
        {
            _all.End(this);
            throw;
        }
    }

    private FileHandles Open(FileMode mode)
    {
        lock (_opening)
        {
            // Another use may have opened it while this one waited.
            if (Handles is FileHandles opened)
            {
                return opened;
            }

            FileHandles handles = OpenNow(mode);
            _all.Opened(this, handles);
            return handles;
        }
    }

    private FileHandles OpenNow(FileMode mode)
    {
        try
        {
            return new FileHandles(Path, mode, _access);
        }
        catch (IOException exception) when (ProcessLimits.IsReached(exception) && _all.CloseIdle())
        {
            return new FileHandles(Path, mode, _access);
        }
    }

    /// <summary>One use of the file.</summary>
    public readonly ref struct Use(ReopenedFile file, FileHandles handles)
    {
        /// <summary>Goes through the kernel's page cache.</summary>
        public SafeFileHandle Cached => handles.Cached;

        /// <summary>Goes past it; null where that cannot be.</summary>
        public SafeFileHandle? Direct => handles.Direct;

        public void Dispose() => file._all.End(file);
    }
}

/// <summary>An open file: by way of the page cache, and past it when that is asked for.</summary>
internal sealed class FileHandles : IDisposable
{
    private readonly Lazy<SafeFileHandle?> _direct;

    public FileHandles(string path, FileMode mode, FileAccess access)
    {
        _direct = new Lazy<SafeFileHandle?>(() => DirectAccess.TryOpen(path, access));
        Cached = File.OpenHandle(path, mode, access, FileShare.ReadWrite | FileShare.Delete);
    }

    public SafeFileHandle Cached { get; }

    public SafeFileHandle? Direct => _direct.Value;

    public void Dispose()
    {
        if (_direct.IsValueCreated)
        {
            _direct.Value?.Dispose();
        }

        Cached.Dispose();
    }
}
