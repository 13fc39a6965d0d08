using System.Numerics;
using System.Runtime.CompilerServices;

namespace Sluice.Buffers;

/// <summary>
/// Who holds a segment, in one 64-bit word: which life, and which of ten places are taken for the how-manieth time.
/// </summary>
/// <remarks>
/// <code>
///  63          40 39                10 9          0
/// +--------------+--------------------+------------+
/// |  generation  | 10 x 3 bits:       | 10 x 1 bit:|
/// |   24 bits    | sequence of place  | place held |
/// +--------------+--------------------+------------+
/// </code>
/// A handle's <see cref="HolderToken"/> names generation, place and sequence, so a handle that was released is known as
/// such also while its place is held again by somebody else. A place's sequence comes round after eight holders of one
/// life. Places are taken in turn, so that a stale handle meets its own sequence again after eight times as many
/// retains as places are free.
/// </remarks>
internal readonly record struct HolderWord(ulong Bits)
{
    public const int Places = 10;
    public const uint GenerationMask = 0xFF_FFFF;

    private const int GenerationShift = 40;
    private const ulong HeldMask = (1UL << Places) - 1;
    private const uint SequenceMask = 7;

    public uint Generation => (uint)(Bits >> GenerationShift);

    public int Holders => BitOperations.PopCount(Bits & HeldMask);

    public bool IsFree => (Bits & HeldMask) == 0;

    public bool IsFull => (Bits & HeldMask) == HeldMask;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Holds(HolderToken token) =>
        Generation == token.Generation
        && ((Bits >> token.Place) & 1) != 0
        && SequenceOf(token.Place) == token.Sequence;

    /// <summary>The first place from <paramref name="hint"/> on that nobody holds. The word must not be full.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int FreePlace(int hint)
    {
        ulong free = ~Bits & HeldMask;
        ulong behind = free >> hint << hint;
        return BitOperations.TrailingZeroCount(behind != 0 ? behind : free);
    }

    /// <summary>The word with a further holder at a free place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public HolderWord With(int place)
    {
        int shift = SequenceShift(place);
        ulong sequence = (SequenceOf(place) + 1) & SequenceMask;
        return new HolderWord((Bits & ~((ulong)SequenceMask << shift)) | (sequence << shift) | (1UL << place));
    }

    /// <summary>The word without that holder; without the last one, the next life has begun.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public HolderWord Without(int place)
    {
        var word = new HolderWord(Bits & ~(1UL << place));

        // The generation is topmost: carrying out of it falls off the word, which is the wrap that is wanted.
        return word.IsFree ? new HolderWord(word.Bits + (1UL << GenerationShift)) : word;
    }

    public HolderToken TokenOf(int place) => HolderToken.Of(Generation, place, SequenceOf(place));

    private uint SequenceOf(int place) => (uint)(Bits >> SequenceShift(place)) & SequenceMask;

    private static int SequenceShift(int place) => Places + (3 * place);
}

/// <summary>One holder's claim: generation (24 bits), sequence (3 bits) and place (4 bits).</summary>
internal readonly record struct HolderToken(uint Bits)
{
    public uint Generation => Bits >> 8;

    public uint Sequence => (Bits >> 4) & 7;

    public int Place => (int)(Bits & 15);

    public static HolderToken Of(uint generation, int place, uint sequence) =>
        new((generation << 8) | (sequence << 4) | (uint)place);
}
