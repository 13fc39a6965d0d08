using System.Buffers;

namespace Sluice.Jobs;

/// <summary>Splits lines at ASCII white space: blank, tab, vertical tab, form feed, carriage return, line feed.</summary>
internal sealed class WordSplitter
{
    private static readonly SearchValues<byte> WhiteSpace = SearchValues.Create(" \t\v\f\r\n"u8);
    private readonly bool _ignoreCase;

    public WordSplitter(bool ignoreCase)
    {
        _ignoreCase = ignoreCase;
    }

    /// <summary>Emits the words of a line, in order.</summary>
    public void Split(ReadOnlySpan<byte> line, Emitter<ReadOnlySpan<byte>> words)
    {
        while (true)
        {
            int start = line.IndexOfAnyExcept(WhiteSpace);
            if (start < 0)
            {
                return;
            }

            line = line[start..];
            int length = line.IndexOfAny(WhiteSpace);
            ReadOnlySpan<byte> word = length < 0 ? line : line[..length];
            if (_ignoreCase)
            {
                EmitLower(word, words);
            }
            else
            {
                words.Emit(word);
            }

            line = line[word.Length..];
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
