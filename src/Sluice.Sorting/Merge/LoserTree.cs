using System.Runtime.CompilerServices;

namespace Sluice.Sorting;

/// <summary>A tournament over k cursors: each inner node keeps the loser of its match, the winner is on top.</summary>
/// <remarks>
/// Knuth, The Art of Computer Programming, vol. 3, 5.4.1. After the winner has moved on, one path of log2 k matches is
/// played again. A match compares prefixes, then keys, then the cursors' order, so the merge is stable.
/// </remarks>
internal sealed class LoserTree
{
    private readonly RunCursor[] _cursors;
    private readonly int[] _losers;
    private readonly ulong[] _prefixes;
    private readonly bool[] _ended;
    private readonly ComparedKeys? _compared;

    /// <param name="cursors">In the order that decides ties; each is moved to its first record here.</param>
    /// <param name="comparison">Orders keys; null compares them as bytes.</param>
    public LoserTree(RunCursor[] cursors, KeyComparison? comparison = null)
    {
        _compared = comparison is null ? null : new ComparedKeys(comparison);
        _cursors = cursors;
        _losers = new int[Math.Max(cursors.Length, 1)];
        _prefixes = new ulong[cursors.Length];
        _ended = new bool[cursors.Length];
        for (int i = 0; i < cursors.Length; i++)
        {
            Advance(i);
        }

        _losers[0] = cursors.Length == 0 ? -1 : Play(1);
    }

    /// <summary>The cursor with the smallest key, or null when all have ended.</summary>
    public RunCursor? Winner => _losers[0] < 0 || _ended[_losers[0]] ? null : _cursors[_losers[0]];

    /// <summary>Moves the winner on and finds the next one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Next()
    {
        int winner = _losers[0];
        Advance(winner);
        for (int node = (winner + _cursors.Length) / 2; node >= 1; node /= 2)
        {
            int other = _losers[node];
            if (Beats(other, winner))
            {
                _losers[node] = winner;
                winner = other;
            }
        }

        _losers[0] = winner;
    }

    private void Advance(int index)
    {
        if (_cursors[index].MoveNext())
        {
            _prefixes[index] = _compared is null ? _cursors[index].Prefix : _compared.PrefixOf(_cursors[index]);
        }
        else
        {
            _ended[index] = true;
            _prefixes[index] = ulong.MaxValue;
        }
    }

    // Leaves are nodes k to 2k-1; returns the winner below the node and keeps the losers.
    private int Play(int node)
    {
        if (node >= _cursors.Length)
        {
            return node - _cursors.Length;
        }

        int left = Play(2 * node);
        int right = Play((2 * node) + 1);
        bool leftWins = Beats(left, right);
        _losers[node] = leftWins ? right : left;
        return leftWins ? left : right;
    }

    private bool Beats(int left, int right) =>
        _prefixes[left] != _prefixes[right] ? _prefixes[left] < _prefixes[right] : BeatsOnTie(left, right);

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
}
