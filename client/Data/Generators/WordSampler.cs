using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace Sluice.Client;

/// <summary>Draws words with Zipf 1.0 frequencies in constant time.</summary>
/// <remarks>
/// The alias method (Walker 1977, Vose's construction) on integers: the weights are whole numbers that add up to
/// exactly (count x 2^32), so every column is filled exactly and nothing is rounded but the weights themselves, once
/// and the same way everywhere. Threading: immutable once made, shared by all workers.
/// </remarks>
internal sealed class WordSampler
{
    /// <summary>Bytes that <see cref="Append"/> may write, however short the word.</summary>
    public const int SlotLength = 16;

    private const int CountBits = 15;
    private const ulong ColumnHeight = 1UL << 32;

    // A slot holds a word, a space, and in its last byte the length of both.
    private readonly byte[] _slots = new byte[WordList.Count * SlotLength];
    private readonly Column[] _columns;

    public WordSampler(string[] words)
    {
        if (words.Length != 1 << CountBits)
        {
            throw new ArgumentException(
                $"The sampler draws from {1 << CountBits} words, not {words.Length}.", nameof(words));
        }

        for (int rank = 0; rank < words.Length; rank++)
        {
            Span<byte> slot = _slots.AsSpan(rank * SlotLength, SlotLength);
            int length = Encoding.ASCII.GetBytes(words[rank], slot[..^2]);
            slot[length] = (byte)' ';
            slot[^1] = (byte)(length + 1);
        }

        _columns = BuildColumns(Weights(words.Length));
    }

    /// <summary>Writes the word that 64 random bits choose, and a space.</summary>
    /// <param name="random">The lower 15 bits choose a column, the upper 32 the height in it.</param>
    /// <param name="target">Where to write; room for <see cref="SlotLength"/> bytes.</param>
    /// <returns>The length of the word and its space.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Append(ulong random, ref byte target)
    {
        uint index = (uint)random & ((1u << CountBits) - 1);
        Column column = Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_columns), index);
        uint rank = (uint)(random >> 32) < column.Height ? index : column.Alias;
        Vector128<byte> slot = Vector128.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(_slots), rank * SlotLength);
        slot.StoreUnsafe(ref target);
        return slot.GetElement(SlotLength - 1);
    }

    /// <summary>Rank r has 1/(r+1) of the first one's weight; what rounding down leaves goes to the first.</summary>
    internal static ulong[] Weights(int count)
    {
        ulong harmonicSum = 0;
        for (ulong i = 1; i <= (ulong)count; i++)
        {
            harmonicSum += ColumnHeight / i;
        }

        UInt128 total = (UInt128)ColumnHeight * (ulong)count;
        ulong[] weights = new ulong[count];
        ulong left = (ulong)total;
        for (int rank = count - 1; rank > 0; rank--)
        {
            weights[rank] = (ulong)((total * (ColumnHeight / ((ulong)rank + 1))) / harmonicSum);
            left -= weights[rank];
        }

        weights[0] = left;
        return weights;
    }

    private static Column[] BuildColumns(ulong[] weights)
    {
        Column[] columns = new Column[weights.Length];
        ulong[] left = (ulong[])weights.Clone();
        Stack<int> low = new();
        Stack<int> high = new();
        for (int i = 0; i < left.Length; i++)
        {
            (left[i] < ColumnHeight ? low : high).Push(i);
        }

        while (low.TryPop(out int filled))
        {
            // The weights add up exactly, so a column that is not full always finds one that is more than full.
            int donor = high.Peek();
            columns[filled] = new Column((uint)left[filled], (uint)donor);
            left[donor] -= ColumnHeight - left[filled];
            if (left[donor] < ColumnHeight)
            {
                low.Push(high.Pop());
            }
        }

        foreach (int full in high)
        {
            // Height 2^32 does not fit: the alias of a full column is itself.
            columns[full] = new Column(uint.MaxValue, (uint)full);
        }

        return columns;
    }

    /// <summary>Below its height a column means its own rank, above it the alias.</summary>
    private readonly record struct Column(uint Height, uint Alias);
}
