using System.Collections.Concurrent;
using System.Diagnostics;
using Sluice.Buffers;
using Sluice.Exchange;
using Sluice.Sorting;

namespace Sluice.Grains;

/// <summary>The segments of a silo that fetches under way may fill, by fetch.</summary>
/// <remarks>Threading: any thread.</remarks>
internal sealed class ReceiveWindows
{
    private readonly ConcurrentDictionary<Guid, ReceiveWindow> _windows = new();

    /// <summary>Fetches under way.</summary>
    public int Count => _windows.Count;

    /// <summary>Opens a window over a consumer's reserved segments.</summary>
    /// <param name="credits">The segments.</param>
    /// <param name="from">The silo that the answer comes from, as who watches the segments' lives is told.</param>
    public ReceiveWindow Open(CreditReservation credits, string from = "")
    {
        ReceiveWindow window = new(this, credits, from);
        _windows[window.Fetch] = window;
        return window;
    }

    /// <summary>The window of a fetch, unless it was revoked or never was.</summary>
    public ReceiveWindow? Find(Guid fetch) => _windows.GetValueOrDefault(fetch);

    public void Remove(Guid fetch) => _windows.TryRemove(fetch, out _);
}

/// <summary>Where one fetch's answer lands: in segments that the consumer reserved before it asked.</summary>
/// <remarks>
/// An answer that comes after the window is closed finds nothing to write to; one that is being read while it closes is
/// waited for. So no segment is written by two, and none is lost with an answer that vanishes.
/// Ownership: what was filled and not taken goes back when it closes. Threading: a reader and the owner, by its lock.
/// </remarks>
internal sealed class ReceiveWindow(ReceiveWindows windows, CreditReservation credits, string from) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<Block> _filled = [];
    private bool _isClosed;

    public Guid Fetch { get; } = Guid.NewGuid();

    /// <summary>
    /// Begins to read an answer: the window stays open until <see cref="End"/>, and what an earlier answer has filled
    /// gives way.
    /// </summary>
    /// <returns>False when it is closed.</returns>
    public bool TryBegin()
    {
        _gate.Enter();
        if (_isClosed)
        {
            _gate.Exit();
            return false;
        }

        GiveBack();
        return true;
    }

    /// <summary>Ends what <see cref="TryBegin"/> began, on the same thread.</summary>
    /// <param name="isWhole">False gives back what was filled: the answer was broken.</param>
    public void End(bool isWhole)
    {
        if (!isWhole)
        {
            GiveBack();
        }

        _gate.Exit();
    }

    /// <summary>Room for one block of an answer that is being read.</summary>
    /// <param name="length">Its bytes.</param>
    /// <param name="sender">The span of the buffer it comes from; the default when nobody traces that.</param>
    /// <param name="room">Where they go.</param>
    /// <returns>False when the answer has more blocks than credits, or a block longer than a segment.</returns>
    public bool TryTake(int length, ActivityContext sender, out Span<byte> room)
    {
        if (credits.Count == 0)
        {
            room = default;
            return false;
        }

        NetworkBuffer segment = credits.Take();
        if (length > segment.Size)
        {
            credits.GiveBack(segment);
            room = default;
            return false;
        }

        segment.SetLength(length);
        segment.NoteReceived(from, sender);
        _filled.Add(new Block(segment, 0, length));
        room = segment.Span[..length];
        return true;
    }

    /// <summary>Hands the blocks of the answer over, and closes the window.</summary>
    public IReadOnlyList<Block> Take()
    {
        lock (_gate)
        {
            Block[] taken = [.. _filled];
            _filled.Clear();
            Close();
            return taken;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            GiveBack();
            Close();
        }
    }

    private void Close()
    {
        _isClosed = true;
        windows.Remove(Fetch);
    }

    private void GiveBack()
    {
        foreach (Block block in _filled)
        {
            block.Buffer.Clear();
            credits.GiveBack(block.Buffer);
        }

        _filled.Clear();
    }
}
