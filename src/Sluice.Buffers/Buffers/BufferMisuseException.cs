namespace Sluice.Buffers;

/// <summary>
/// A handle was used that is not its holder's any more: released, released twice, or of an earlier life.
/// </summary>
/// <remarks>
/// The message names segment, life, place and who holds the segment now. It is always a defect of the caller.
/// </remarks>
public sealed class BufferMisuseException : InvalidOperationException
{
    internal BufferMisuseException(string message)
        : base(message)
    {
    }
}
