using System.Numerics;
using System.Runtime.CompilerServices;

namespace Sluice.Client;

/// <summary>The keys that half of a skewed input's records share: those of records 0 to 7.</summary>
/// <remarks>
/// A record is heavy when bit 63 of its state's low half is set. The eight bits below choose the key: that of record 0
/// in half of the cases, of record 1 in a quarter, and so on; record 7 takes what is left. Only the key changes, the
/// rest of the record stays its own.
/// </remarks>
internal sealed class HeavyKeys
{
    private readonly GensortState[] _states = new GensortState[8];

    public HeavyKeys()
    {
        GensortState state = GensortState.At(1);
        for (int i = 0; i < _states.Length; i++)
        {
            _states[i] = state;
            state = state.Next();
        }
    }

    /// <summary>The state whose key a record with this state shows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public GensortState KeyOf(GensortState state)
    {
        if ((state.Low >> 63) == 0)
        {
            return state;
        }

        int rank = BitOperations.LeadingZeroCount((uint)(state.Low >> 55) << 24);
        return _states[Math.Min(rank, _states.Length - 1)];
    }
}
