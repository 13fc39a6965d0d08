namespace Sluice.Client;

/// <summary>What a generator wrote.</summary>
/// <param name="Records">Records, or lines, written.</param>
/// <param name="Bytes">Bytes written.</param>
/// <param name="Checksum">Sum of the CRC-32 of each record, a line counted with its newline; what
/// <see cref="VerifyReport.Checksum"/> must show.</param>
public sealed record GeneratedData(long Records, long Bytes, UInt128 Checksum);
