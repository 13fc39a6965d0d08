using System.Runtime.ExceptionServices;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>Keeps a uniform sample of keys in bounded memory and cuts it into ranges of equal size.</summary>
/// <remarks>
/// Reservoir sampling (Vitter's algorithm R) with a fixed seed, so that a rerun finds the same boundaries.
/// </remarks>
internal sealed class KeySample
{
    // With so many keys a range has its share within 3 % mostly; more of them only take longer to keep and to sort.
    private const int KeysPerRange = 2_000;
    private const int Most = 50_000;

    // Keys are kept up to this length: boundaries may be shorter than keys, they only have to be in order.
    private const int LongestPart = 256;

    // A comparison needs whole keys: longer ones are left out, the ranges are chosen by the others.
    private const int LongestWhole = 1024;

    private readonly int _ranges;
    private readonly int _capacity;
    private readonly KeyComparison? _comparison;
    private readonly List<byte[]> _keys = [];
    private readonly Random _random = new(1);
    private long _seen;

    /// <param name="ranges">Ranges to cut, one at least.</param>
    /// <param name="comparison">Orders the keys; null compares them as bytes.</param>
    public KeySample(int ranges, KeyComparison? comparison)
    {
        _ranges = ranges;
        _capacity = (int)Math.Min((long)ranges * KeysPerRange, Most);
        _comparison = comparison;
    }

    /// <summary>Sees one key.</summary>
    public void Add(ReadOnlySpan<byte> key)
    {
        if (_comparison is not null && key.Length > LongestWhole)
        {
            return;
        }

        _seen++;
        if (_keys.Count < _capacity)
        {
            _keys.Add(Cut(key).ToArray());
            return;
        }

        long place = _random.NextInt64(_seen);
        if (place < _capacity)
        {
            Replace((int)place, Cut(key));
        }
    }

    /// <summary>Sorted keys between the ranges; fewer keys than ranges leave some empty.</summary>
    public byte[][] Boundaries()
    {
        if (_comparison is not null && _keys.Count == 0)
        {
            // No bytes are a boundary that the comparison could read: all keys go into the first range.
            return [];
        }

        Sort();
        byte[][] boundaries = new byte[_ranges - 1][];
        for (int i = 0; i < boundaries.Length; i++)
        {
            boundaries[i] = _keys.Count == 0 ? [] : _keys[(int)((long)(i + 1) * _keys.Count / _ranges)];
        }

        return boundaries;
    }

    private void Sort()
    {
        try
        {
            _keys.Sort(_comparison is null
                ? (x, y) => x.AsSpan().SequenceCompareTo(y)
                : (x, y) => _comparison.Compare(x, y));
        }
        catch (InvalidOperationException exception) when (exception.InnerException is Exception thrown)
        {
            // The list wraps what the user's comparison threw in words that say nothing.
            ExceptionDispatchInfo.Throw(thrown);
        }
    }

    private ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> key) =>
        _comparison is null ? key[..Math.Min(key.Length, LongestPart)] : key;

    // Keys are mostly as long as each other: nothing is allocated then.
    private void Replace(int place, ReadOnlySpan<byte> key)
    {
        if (_keys[place].Length == key.Length)
        {
            key.CopyTo(_keys[place]);
        }
        else
        {
            _keys[place] = key.ToArray();
        }
    }
}
