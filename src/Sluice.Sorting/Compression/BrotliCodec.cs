using System.IO.Compression;

namespace Sluice.Sorting;

/// <summary>Brotli (RFC 7932) at its fastest level, with a window as large as a block.</summary>
internal sealed class BrotliCodec : IBlockCodec
{
    private const int Fastest = 0;
    private const int SmallestWindow = 10;
    private const int LargestWindow = 24;

    public byte Id => 1;

    public string Name => "brotli";

    public bool TryCompress(ReadOnlySpan<byte> raw, Span<byte> room, out int length) =>
        BrotliEncoder.TryCompress(raw, room, out length, Fastest, WindowFor(raw.Length));

    public bool TryDecompress(ReadOnlySpan<byte> stored, Span<byte> raw) =>
        BrotliDecoder.TryDecompress(stored, raw, out int length) && length == raw.Length;

    // Sixteen bytes of the window are not usable.
    private static int WindowFor(int length) =>
        Math.Clamp(System.Numerics.BitOperations.Log2((uint)length + 16) + 1, SmallestWindow, LargestWindow);
}
