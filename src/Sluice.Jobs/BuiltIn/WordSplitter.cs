using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sluice.Jobs;

/// <summary>
/// Splits lines at ASCII white space: blank, tab, vertical tab, form feed, carriage return, line feed.
/// </summary>
/// <remarks>
/// Words are short: a search for each of their ends would cost more than what is done with them. So 64 bytes are
/// compared at once, and the places where words start and end taken from the bits of the result.
/// </remarks>
internal sealed class WordSplitter
{
    private const int ChunkSize = 64;
    private const byte Blank = (byte)' ';

    private readonly bool _ignoreCase;

    public WordSplitter(bool ignoreCase)
    {
        _ignoreCase = ignoreCase;
    }

    /// <summary>Emits the words of a line, in order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Split(ReadOnlySpan<byte> line, Emitter<ReadOnlySpan<byte>> words)
    {
        const int None = -1;
        Span<byte> padded = stackalloc byte[ChunkSize];
        int wordStart = None;
        for (int offset = 0; offset < line.Length; offset += ChunkSize)
        {
            scoped ReadOnlySpan<byte> chunk = line[offset..];
            if (chunk.Length < ChunkSize)
            {
                padded.Fill(Blank);
                chunk.CopyTo(padded);
                chunk = padded;
            }

            ulong letters = ~WhiteSpace(ref MemoryMarshal.GetReference(chunk));

            // Set where a word starts, or has just ended.
            ulong edges = letters ^ ((letters << 1) | (wordStart == None ? 0UL : 1UL));
            for (; edges != 0; edges &= edges - 1)
            {
                int place = offset + BitOperations.TrailingZeroCount(edges);
                if (wordStart == None)
                {
                    wordStart = place;
                }
                else
                {
                    Emit(line[wordStart..place], words);
                    wordStart = None;
                }
            }
        }

        if (wordStart != None)
        {
            Emit(line[wordStart..], words);
        }
    }

    // A bit for each of 64 bytes, the first one's lowest.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong WhiteSpace(ref byte chunk)
    {
        ulong found = 0;
        for (int i = 0; i < ChunkSize; i += Vector256<byte>.Count)
        {
            // Tab, line feed, vertical tab, form feed and carriage return are 9 to 13.
            Vector256<byte> bytes = Vector256.LoadUnsafe(ref chunk, (nuint)i);
            Vector256<byte> isControl = Vector256.LessThan(
                bytes - Vector256.Create((byte)'\t'), Vector256.Create((byte)5));
            Vector256<byte> isBlank = Vector256.Equals(bytes, Vector256.Create(Blank));
            found |= (ulong)(isControl | isBlank).ExtractMostSignificantBits() << i;
        }

        return found;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Emit(ReadOnlySpan<byte> word, Emitter<ReadOnlySpan<byte>> words)
    {
        if (_ignoreCase)
        {
            EmitLower(word, words);
        }
        else
        {
            words.Emit(word);
        }
    }

    private static void EmitLower(ReadOnlySpan<byte> word, Emitter<ReadOnlySpan<byte>> words)
    {
        const int Small = 256;
        byte[]? rented = word.Length > Small ? ArrayPool<byte>.Shared.Rent(word.Length) : null;
        Span<byte> lower = rented ?? stackalloc byte[Small];
        for (int i = 0; i < word.Length; i++)
        {
            byte letter = word[i];
            lower[i] = letter is >= (byte)'A' and <= (byte)'Z' ? (byte)(letter | 0x20) : letter;
        }

        words.Emit(lower[..word.Length]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
