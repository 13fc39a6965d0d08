namespace Sluice.Buffers;

/// <summary>One life of a segment, from request to recycle.</summary>
/// <param name="Segment">The segment's number in its pool.</param>
/// <param name="Generation">How many lives it has had before, modulo 2^24.</param>
public readonly record struct BufferLife(int Segment, int Generation);
