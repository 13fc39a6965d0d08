namespace Sluice.Buffers;

/// <summary>What the bytes of a buffer are.</summary>
public enum BufferDataType : byte
{
    /// <summary>Records.</summary>
    Data,

    /// <summary>A message of the exchange to the consumer.</summary>
    Event,

    /// <summary>No data follows in this subpartition.</summary>
    EndOfPartition,
}
