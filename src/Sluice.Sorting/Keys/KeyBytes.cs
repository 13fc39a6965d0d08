namespace Sluice.Sorting;

/// <summary>What orders made of others do with the encodings of their parts.</summary>
/// <remarks>
/// A part whose length is not fixed is escaped and ended, so that what follows it cannot be taken for its bytes and a
/// shorter part comes before a longer one that starts with it: zero becomes <c>00 FF</c>, and the end is <c>00 01</c>.
/// </remarks>
internal static class KeyBytes
{
    private const byte EscapedZero = 0xFF;
    private const byte End = 0x01;

    /// <summary>Turns all bits over.</summary>
    public static void Invert(Span<byte> bytes)
    {
        foreach (ref byte value in bytes)
        {
            value = (byte)~value;
        }
    }

    /// <summary>Escapes and ends what was written from <paramref name="start"/> on.</summary>
    public static void EndPart(ref RecordWriter writer, int start)
    {
        int length = writer.Length - start;
        int zeros = writer.Change(start).Count((byte)0);
        writer.GetSpan(zeros + 2);
        writer.Advance(zeros + 2);
        Span<byte> part = writer.Change(start);
        part[^2] = 0;
        part[^1] = End;

        // From the back: each byte moves by the zeros before it.
        for (int from = length - 1, to = length + zeros - 1; from < to; from--)
        {
            byte value = part[from];
            if (value == 0)
            {
                part[to--] = EscapedZero;
            }

            part[to--] = value;
        }
    }

    /// <summary>Finds the end of an escaped part.</summary>
    /// <param name="encoded">The part and whatever follows it.</param>
    /// <returns>Bytes of the part, without and with its end, and whether it has escaped bytes.</returns>
    public static (int Length, int Total, bool HasEscapes) FindEnd(ReadOnlySpan<byte> encoded)
    {
        bool hasEscapes = false;
        for (int at = 0; ; at += 2)
        {
            int zero = encoded[at..].IndexOf((byte)0);
            at += zero;
            if (zero < 0 || at + 1 >= encoded.Length)
            {
                throw new InvalidDataException("A part of an encoded key has no end.");
            }

            if (encoded[at + 1] == End)
            {
                return (at, at + 2, hasEscapes);
            }

            hasEscapes = true;
        }
    }

    /// <summary>Takes the escapes out; returns the bytes written to <paramref name="room"/>.</summary>
    public static int Unescape(ReadOnlySpan<byte> part, Span<byte> room)
    {
        int length = 0;
        for (int i = 0; i < part.Length; i++)
        {
            room[length++] = part[i];
            if (part[i] == 0)
            {
                i++;
            }
        }

        return length;
    }
}
