using System.Globalization;

namespace Sluice.Jobs;

/// <summary>Which bytes of a record are its key: all, or a range that ends early in records that do.</summary>
public readonly record struct ByteKey
{
    private const int ToTheEnd = int.MaxValue;

    private ByteKey(int offset, int length)
    {
        Offset = offset;
        Length = length;
    }

    /// <summary>The whole record.</summary>
    public static ByteKey Whole { get; } = new(0, ToTheEnd);

    /// <summary>Bytes before the key.</summary>
    public int Offset { get; }

    /// <summary>Bytes of the key, in a record that is long enough.</summary>
    public int Length { get; }

    /// <summary>Whether the record starts with its key, so that record = key, then rest.</summary>
    public bool IsPrefix => Offset == 0;

    /// <summary>Bytes <paramref name="first"/> to <paramref name="last"/>, counted from 1.</summary>
    public static ByteKey Range(int first, int last)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(first, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(last, first);
        return new ByteKey(first - 1, last - first + 1);
    }

    /// <summary>Reads `1-10`, `5-` (to the end) or `7` (one byte).</summary>
    /// <exception cref="SluiceException">It is none of these.</exception>
    public static ByteKey Parse(string text)
    {
        string[] ends = text.Split('-');
        bool isKnown = TryNumber(ends[0], out int first) && first >= 1;
        int last = first;
        if (ends.Length == 2)
        {
            last = int.MaxValue;
            isKnown &= ends[1].Length == 0 || (TryNumber(ends[1], out last) && last >= first);
        }

        if (!isKnown || ends.Length > 2)
        {
            throw new SluiceException(SluiceErrors.BadKey(text));
        }

        return last == int.MaxValue ? new ByteKey(first - 1, ToTheEnd) : Range(first, last);
    }

    /// <summary>The key of a record.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> record)
    {
        if (Offset >= record.Length)
        {
            return record[record.Length..];
        }

        return record.Slice(Offset, Math.Min(Length, record.Length - Offset));
    }

    public override string ToString()
    {
        if (this == Whole)
        {
            return "whole record";
        }

        string last = Length == ToTheEnd ? "" : (Offset + Length).ToString(CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"bytes {Offset + 1}-{last}");
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
