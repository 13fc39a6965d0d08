namespace Sluice.Observability;

/// <summary>Names in the span of one life of a buffer: the span, its events, and the attributes of both.</summary>
public static class BufferLifeNames
{
    /// <summary>One life of a buffer, from its request to the moment its segment goes back to the pool.</summary>
    public const string Span = "sluice.buffer";

    // Events.

    /// <summary>The life begins, with one holder.</summary>
    public const string Requested = "sluice.buffer.requested";

    /// <summary>A holder was added.</summary>
    public const string Retained = "sluice.buffer.retained";

    /// <summary>A holder gave its reference to another.</summary>
    public const string HandedOver = "sluice.buffer.handed_over";

    /// <summary>Its bytes were written into the connection to another silo.</summary>
    public const string Sent = "sluice.buffer.sent";

    /// <summary>Bytes from another silo came into it.</summary>
    public const string Received = "sluice.buffer.received";

    /// <summary>A consumer begins to use its bytes.</summary>
    public const string Read = "sluice.buffer.read";

    /// <summary>A holder gave its reference back.</summary>
    public const string Released = "sluice.buffer.released";

    /// <summary>The last holder is gone and the segment goes back: the life has ended.</summary>
    public const string Recycled = "sluice.buffer.recycled";

    /// <summary>The pool it was requested from was destroyed while it was out.</summary>
    public const string PoolDestroyed = "sluice.buffer.pool_destroyed";

    // Attributes of the span.

    /// <summary>The segment's number in the pool of its silo.</summary>
    public const string Segment = "sluice.buffer.segment";

    /// <summary>How many lives the segment has had before.</summary>
    public const string Generation = "sluice.buffer.generation";

    /// <summary>The owner label of the pool it was requested from.</summary>
    public const string Owner = "sluice.buffer.owner";

    /// <summary>Events that were left out, because a span has room for so many only.</summary>
    public const string EventsLeftOut = "sluice.buffer.events_left_out";

    // Attributes of the span of the attempt.

    /// <summary>Lives that were watched of an attempt's buffers.</summary>
    public const string Watched = "sluice.buffers.watched";

    /// <summary>Lives that should have been watched, beyond the limit of an attempt or a job.</summary>
    public const string LeftOut = "sluice.buffers.left_out";

    // Attributes of events.

    /// <summary>Who took the step, and of a hand-over who holds the buffer from then on.</summary>
    public const string Holder = "sluice.buffer.holder";

    /// <summary>Whose reference was retained or handed over.</summary>
    public const string From = "sluice.buffer.from";

    /// <summary>The silo at the other end of a send or receipt.</summary>
    public const string Peer = "sluice.buffer.peer";

    /// <summary>How many hold the buffer after the step.</summary>
    public const string Holders = "sluice.buffer.holders";

    /// <summary>The silo where it happens; `local` where there is none.</summary>
    public const string Silo = "sluice.silo";
}
