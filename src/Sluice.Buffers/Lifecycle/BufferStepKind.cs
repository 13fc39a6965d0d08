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

    /// <summary>A holder gave its reference back.</summary>
    Released,

    /// <summary>The last holder is gone and the segment goes back: the life has ended.</summary>
    Recycled,
}
