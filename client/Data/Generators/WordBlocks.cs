using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sluice.Client;

/// <summary>Makes lines of words in blocks; every block has random numbers of its own.</summary>
/// <remarks>Threading: one instance belongs to one worker.</remarks>
internal sealed class WordBlocks(WordsOptions options, WordSampler sampler) : IBlockSource
{
    /// <summary>Bytes of the longest possible line with its newline.</summary>
    public const int LongestLine = MostWords * (WordList.LongestWord + 1);

    private const int LinesPerBlock = 8192;
    private const int FewestWords = 5;
    private const int MostWords = 15;

    public static long CountBlocks(WordsOptions options) => (options.Records + LinesPerBlock - 1) / LinesPerBlock;

    public int Capacity => (LinesPerBlock * LongestLine) + WordSampler.SlotLength;

    public UInt128 Checksum { get; private set; }

    public int Fill(long block, Span<byte> room)
    {
        WordRandom random = new(options.Seed, (ulong)block);
        int lines = (int)Math.Min(LinesPerBlock, options.Records - (block * LinesPerBlock));
        ulong sum = 0;
        int length = 0;
        for (int line = 0; line < lines; line++)
        {
            int lineLength = FillLine(ref random, room[length..]);
            sum += Crc32.Compute(room.Slice(length, lineLength));
            length += lineLength;
        }

        Checksum += sum;
        return length;
    }

    private int FillLine(ref WordRandom random, Span<byte> room)
    {
        // The high half of 32 bits times 11 is even over 0 to 10 but for one part in 2^28.
        int words = FewestWords + (int)(((random.Next() >> 32) * (MostWords - FewestWords + 1)) >> 32);
        ref byte start = ref MemoryMarshal.GetReference(room);
        int length = 0;
        for (int word = 0; word < words; word++)
        {
            length += sampler.Append(random.Next(), ref Unsafe.Add(ref start, length));
        }

        room[length - 1] = (byte)'\n';
        return length;
    }
}
