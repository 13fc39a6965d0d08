using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>Keeps a uniform sample of keys in bounded memory and cuts it into ranges of equal size.</summary>
/// <remarks>Reservoir sampling (Vitter's algorithm R) with a fixed seed, so that a rerun finds the same boundaries.</remarks>
internal sealed class KeySample : IRecordOutput
{
    private const int Capacity = 50_000;

    // Keys are kept up to this length: boundaries may be shorter than keys, they only have to be in order.
    private const int LongestKey = 256;

    private readonly List<byte[]> _keys = [];
    private readonly Random _random = new(1);
    private long _seen;

    public void Append(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        _seen++;
        if (_keys.Count < Capacity)
        {
            _keys.Add(Cut(key));
            return;
        }

        long place = _random.NextInt64(_seen);
        if (place < Capacity)
        {
            _keys[(int)place] = Cut(key);
        }
    }

    /// <summary>Sorted keys between <paramref name="partitions"/> ranges; fewer keys than ranges leave some empty.</summary>
    public byte[][] Boundaries(int partitions)
    {
        _keys.Sort((x, y) => x.AsSpan().SequenceCompareTo(y));
        byte[][] boundaries = new byte[partitions - 1][];
        for (int i = 0; i < boundaries.Length; i++)
        {
            boundaries[i] = _keys.Count == 0 ? [] : _keys[(int)((long)(i + 1) * _keys.Count / partitions)];
        }

        return boundaries;
    }

    private static byte[] Cut(ReadOnlySpan<byte> key) => key[..Math.Min(key.Length, LongestKey)].ToArray();
}
