using System.Buffers.Binary;

namespace Sluice.Engine;

/// <summary>
/// Range boundaries as the value that a sample stage yields: per key its length (4 bytes, little endian) and bytes.
/// </summary>
internal static class BoundaryCodec
{
    public static byte[] Encode(byte[][] boundaries)
    {
        byte[] value = new byte[boundaries.Sum(key => sizeof(int) + key.Length)];
        Span<byte> rest = value;
        foreach (byte[] key in boundaries)
        {
            BinaryPrimitives.WriteInt32LittleEndian(rest, key.Length);
            key.CopyTo(rest[sizeof(int)..]);
            rest = rest[(sizeof(int) + key.Length)..];
        }

        return value;
    }

    /// <exception cref="InvalidDataException">It is not what <see cref="Encode"/> makes.</exception>
    public static byte[][] Decode(ReadOnlySpan<byte> value)
    {
        List<byte[]> boundaries = [];
        while (!value.IsEmpty)
        {
            if (!BinaryPrimitives.TryReadInt32LittleEndian(value, out int length)
                || length < 0
                || length > value.Length - sizeof(int))
            {
                throw new InvalidDataException(
                    $"Boundary {boundaries.Count} of a range shuffle is longer than the {value.Length} bytes left.");
            }

            boundaries.Add(value.Slice(sizeof(int), length).ToArray());
            value = value[(sizeof(int) + length)..];
        }

        return [.. boundaries];
    }
}
