using System.Diagnostics.CodeAnalysis;

namespace Sluice.Sorting;

/// <summary>One way to store the payload of a block in fewer bytes.</summary>
/// <remarks>Threading: any threads at once.</remarks>
public interface IBlockCodec
{
    /// <summary>Stands in the header of every block it stored; 0 means as it is and belongs to no codec.</summary>
    byte Id { get; }

    /// <summary>What users call it.</summary>
    string Name { get; }

    /// <summary>Stores <paramref name="raw"/> in <paramref name="room"/>.</summary>
    /// <param name="raw">The payload.</param>
    /// <param name="room">Where it goes.</param>
    /// <param name="length">How many bytes of <paramref name="room"/> it takes.</param>
    /// <returns>False when it does not fit; what is in the room then is undefined.</returns>
    bool TryCompress(ReadOnlySpan<byte> raw, Span<byte> room, out int length);

    /// <summary>Gives back what was stored.</summary>
    /// <param name="stored">What <see cref="TryCompress"/> wrote.</param>
    /// <param name="raw">Exactly as long as the payload was.</param>
    /// <returns>False when <paramref name="stored"/> is damaged or gives another length.</returns>
    bool TryDecompress(ReadOnlySpan<byte> stored, Span<byte> raw);
}

/// <summary>The codecs that blocks may name.</summary>
public static class BlockCodecs
{
    /// <summary>Brotli (RFC 7932) at its fastest level.</summary>
    public static IBlockCodec Brotli { get; } = new BrotliCodec();

    /// <summary>All of them.</summary>
    public static IReadOnlyList<IBlockCodec> All { get; } = [Brotli];

    /// <summary>The codec that a block's header names; false when there is none with this id.</summary>
    public static bool TryFind(byte id, [NotNullWhen(true)] out IBlockCodec? codec)
    {
        codec = id == Brotli.Id ? Brotli : null;
        return codec is not null;
    }
}
