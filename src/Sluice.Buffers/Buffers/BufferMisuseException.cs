namespace Sluice.Buffers;

/// <summary>
/// A handle was used that is not its holder's any more: released, released twice, handed over, or of an earlier life.
/// </summary>
/// <remarks>
/// The message names segment, life and place, who held the handle, who released last and who holds the segment now.
/// It is always a defect of the caller; nobody else's reference was touched.
/// </remarks>
public sealed class BufferMisuseException : InvalidOperationException
{
    internal BufferMisuseException(
        string message, string? owner = null, string? holder = null, BufferHistory? history = null)
        : base(message)
    {
        Owner = owner;
        Holder = holder;
        History = history;
    }

    /// <summary>The owner label of the pool, in the handle's own life; null for a default handle.</summary>
    public string? Owner { get; }

    /// <summary>What the handle's holder called itself, or the owner label; null for a default handle.</summary>
    public string? Holder { get; }

    /// <summary>The life of the handle, where the pool's hook remembers it.</summary>
    public BufferHistory? History { get; }
}
