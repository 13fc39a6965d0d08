namespace Sluice.Buffers;

/// <summary>What happens in the life of a buffer.</summary>
public enum BufferStepKind
{
    /// <summary>The life begins, with one holder.</summary>
    Requested,

    /// <summary>A holder was added.</summary>
    Retained,

    /// <summary>A holder gave its reference to another; as many hold the buffer as before.</summary>
    HandedOver,

    /// <summary>A holder wrote its bytes into the connection to another process, and holds it as before.</summary>
    Sent,

    /// <summary>Bytes from another process came into it.</summary>
    Received,

    /// <summary>A holder begins to use its bytes.</summary>
    Read,

    /// <summary>A holder gave its reference back.</summary>
    Released,

    /// <summary>The last holder is gone and the segment goes back: the life has ended.</summary>
    Recycled,
}
