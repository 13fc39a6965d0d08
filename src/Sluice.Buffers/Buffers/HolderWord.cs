using System.Numerics;
using System.Runtime.CompilerServices;

namespace Sluice.Buffers;

/// <summary>
/// Who holds a segment, in one 64-bit word: which life, and which of ten places are taken for the how-manieth time.
/// </summary>
/// <remarks>
/// <code>
///  63          40 39 36       7 4 3    0
/// +--------------+-----+-----+---+------+
/// |  generation  |place| ... | 1 | place|      a place:  3 bits sequence, 1 bit held
/// |   24 bits    |  9  |     |   |   0  |
/// +--------------+-----+-----+---+------+
/// </code>
/// A handle's <see cref="HolderToken"/> is the part of the word that must still be there: generation, sequence and
/// held bit of its place. So a check is a mask and a comparison, and a handle that was released is known as such also
/// while its place is held again by somebody else. A place's sequence comes round after eight holders of one
/// life. Places are taken in turn, so that a stale handle meets its own sequence again after eight times as many
/// retains as places are free.
/// A place is named by its held bit.
/// </remarks>
internal readonly record struct HolderWord(ulong Bits)
{
    public const int Places = 10;
    public const uint GenerationMask = 0xFF_FFFF;

    /// <summary>The held bit of the first place; each further one is <see cref="NextPlace"/>.</summary>
    public const ulong FirstPlace = 1;

    public const int GenerationShift = 40;
    public const int PlaceWidth = 4;

    private const ulong HeldMask = 0x11_1111_1111;

    public uint Generation => (uint)(Bits >> GenerationShift);

    public int Holders => BitOperations.PopCount(Bits & HeldMask);

    public bool IsFree => (Bits & HeldMask) == 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Holds(HolderToken token) => (Bits & token.Mask) == token.Bits;

    /// <summary>The place after that one, for a search; after the last it names none, which begins anew.</summary>
    public static ulong NextPlace(ulong place) => place << PlaceWidth;

    /// <summary>The first place from <paramref name="hint"/> on that nobody holds; 0 when all are held.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong FreePlace(ulong hint)
    {
        ulong free = ~Bits & HeldMask;
        ulong behind = free & (0 - hint);
        ulong candidates = behind != 0 ? behind : free;
        return candidates & (0 - candidates);
    }

    /// <summary>The word with a further holder at a free place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public HolderWord With(ulong place) => new(Bits | place);

    /// <summary>The word without that holder, in the same life also when it was the last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public HolderWord Without(ulong place)
    {
        // One added to a held place clears the held bit and carries into the sequence; the carry out of it is cut off.
        ulong all = place * 15;
        return new HolderWord((Bits & ~all) | ((Bits + place) & all));
    }

    /// <summary>The word of a free segment in its next life.</summary>
    /// <remarks>The generation is topmost: its carry falls off the word, which is the wrap that is wanted.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public HolderWord NextLife() => new(Bits + (1UL << GenerationShift));

    /// <summary>What the holder at a held place can show.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public HolderToken TokenOf(ulong place) => new(Bits & HolderToken.MaskOf(place));

    /// <summary>The tokens of all who hold it, in order of their places.</summary>
    public IEnumerable<HolderToken> Tokens()
    {
        for (ulong place = FirstPlace; (place & HeldMask) != 0; place = NextPlace(place))
        {
            if ((Bits & place) != 0)
            {
                yield return TokenOf(place);
            }
        }
    }
}

/// <summary>
/// One holder's claim: the bits of a <see cref="HolderWord"/> for generation, and sequence and held bit of its place.
/// </summary>
internal readonly record struct HolderToken(ulong Bits)
{
    public uint Generation => (uint)(Bits >> HolderWord.GenerationShift);

    /// <summary>The held bit of its place: below it there is nothing.</summary>
    public ulong Place => Bits & (0 - Bits);

    /// <summary>Its place's number, 0 to 9.</summary>
    public int Index => BitOperations.TrailingZeroCount(Bits) / HolderWord.PlaceWidth;

    public ulong Mask => MaskOf(Place);

    public static ulong MaskOf(ulong place) =>
        (place * 15) | ((ulong)HolderWord.GenerationMask << HolderWord.GenerationShift);
}
