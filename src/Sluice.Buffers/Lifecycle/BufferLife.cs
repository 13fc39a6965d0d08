namespace Sluice.Buffers;

/// <summary>One life of a segment, from request to recycle.</summary>
/// <param name="Segment">The segment's number in its pool.</param>
/// <param name="Generation">How many lives it has had before, modulo 2^24.</param>
public readonly record struct BufferLife(int Segment, int Generation)
{
    /// <summary>A number that says nothing and is spread evenly: who samples compares it with a bound.</summary>
    /// <remarks>The finalizer of MurmurHash3: every bit of the life decides about every bit of the result.</remarks>
    /// <param name="seed">Another one draws other lives.</param>
    public uint Draw(uint seed = 0)
    {
        uint hash = (((uint)Segment ^ seed) * 0x9E3779B1) ^ (uint)Generation;
        hash = (hash ^ (hash >> 16)) * 0x85EBCA6B;
        hash = (hash ^ (hash >> 13)) * 0xC2B2AE35;
        return hash ^ (hash >> 16);
    }
}
