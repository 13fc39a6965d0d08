using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sluice.Sorting;

/// <summary>A tournament over k cursors: each inner node keeps the loser of its match, the winner is on top.</summary>
/// <remarks>
/// Knuth, The Art of Computer Programming, vol. 3, 5.4.1. After the winner has moved on, one path of log2 k matches is
/// played again. A match compares prefixes, then keys, then the cursors' order, so the merge is stable. Which of two
/// wins cannot be predicted, so winner and loser change places by arithmetic; only equal prefixes take a branch.
/// </remarks>
internal sealed class LoserTree
{
    private readonly RunCursor[] _cursors;
    private readonly bool[] _ended;
    private readonly ComparedKeys? _compared;

    // Place 0 is the winner's, inner nodes are places 1 to k-1.
    private readonly Entrant[] _places;
    private int _live;

    /// <param name="cursors">In the order that decides ties; each is moved to its first record here.</param>
    /// <param name="comparison">Orders keys; null compares them as bytes.</param>
    public LoserTree(RunCursor[] cursors, KeyComparison? comparison = null)
    {
        _compared = comparison is null ? null : new ComparedKeys(comparison);
        _cursors = cursors;
        _places = new Entrant[Math.Max(cursors.Length, 1)];
        _ended = new bool[cursors.Length];
        _live = cursors.Length;
        if (cursors.Length > 0)
        {
            _places[0] = Play(1);
        }
    }

    /// <summary>Whether all cursors have ended.</summary>
    public bool HasEnded => _live == 0;

    /// <summary>The cursor with the smallest key, while not all have ended.</summary>
    /// <remarks>Found by its place: to keep the object itself would cost each record a write barrier.</remarks>
    public RunCursor Winner => _cursors[(int)_places[0].Cursor];

    /// <summary>Moves the winner on and finds the next one, while not all have ended.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Next()
    {
        ref Entrant places = ref MemoryMarshal.GetArrayDataReference(_places);
        (ulong prefix, ulong cursor) = Advance((int)places.Cursor);
        for (nuint node = ((nuint)cursor + (nuint)_places.Length) >> 1; node >= 1; node >>= 1)
        {
            ref Entrant other = ref Unsafe.Add(ref places, node);
            (ulong otherPrefix, ulong otherCursor) = other;
            if (otherPrefix == prefix)
            {
                if (BeatsOnTie((int)otherCursor, (int)cursor))
                {
                    other.Cursor = cursor;
                    cursor = otherCursor;
                }

                continue;
            }

            // All bits where the two change places, none where they do not.
            ulong change = 0 - (ulong)Unsafe.BitCast<bool, byte>(otherPrefix < prefix);
            ulong prefixes = (otherPrefix ^ prefix) & change;
            ulong cursors = (otherCursor ^ cursor) & change;
            other = new Entrant(otherPrefix ^ prefixes, otherCursor ^ cursors);
            prefix ^= prefixes;
            cursor ^= cursors;
        }

        places = new Entrant(prefix, cursor);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Entrant Advance(int index)
    {
        RunCursor cursor = _cursors[index];
        if (cursor.MoveNext())
        {
            return new Entrant(_compared is null ? cursor.Prefix : _compared.PrefixOf(cursor), (ulong)index);
        }

        _ended[index] = true;
        _live--;
        return new Entrant(ulong.MaxValue, (ulong)index);
    }

    // Leaves are nodes k to 2k-1; returns the winner below the node and keeps the losers.
    private Entrant Play(int node)
    {
        if (node >= _cursors.Length)
        {
            return Advance(node - _cursors.Length);
        }

        Entrant left = Play(2 * node);
        Entrant right = Play((2 * node) + 1);
        bool leftWins = Beats(left, right);
        _places[node] = leftWins ? right : left;
        return leftWins ? left : right;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Beats(Entrant left, Entrant right) => left.Prefix == right.Prefix
        ? BeatsOnTie((int)left.Cursor, (int)right.Cursor)
        : left.Prefix < right.Prefix;

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private bool BeatsOnTie(int left, int right)
    {
        if (_ended[left] || _ended[right])
        {
            return !_ended[left];
        }

        int order = _compared is null
            ? RunCursor.CompareKeys(_cursors[left], _cursors[right])
            : _compared.Compare(_cursors[left], _cursors[right]);
        return order != 0 ? order < 0 : left < right;
    }

    /// <summary>A cursor in the tournament: the prefix of the key it stands at, and its place in the order.</summary>
    private record struct Entrant(ulong Prefix, ulong Cursor);
}
