namespace Sluice.Client;

/// <summary>How blocks are stored when they are spilled.</summary>
internal enum Compression
{
    /// <summary>As they are.</summary>
    None,

    /// <summary>By Brotli, where that saves an eighth.</summary>
    Brotli,
}
