namespace Sluice.Client;

/// <summary>Makes any block of a generated file, independently of the others.</summary>
/// <remarks>Threading: one instance belongs to one worker.</remarks>
internal interface IBlockSource
{
    /// <summary>Bytes of room that any block needs.</summary>
    int Capacity { get; }

    /// <summary>Sum of the CRC-32 of each record in the blocks that this instance has made.</summary>
    UInt128 Checksum { get; }

    /// <summary>Makes a block.</summary>
    /// <returns>Its length in bytes.</returns>
    int Fill(long block, Span<byte> room);
}
