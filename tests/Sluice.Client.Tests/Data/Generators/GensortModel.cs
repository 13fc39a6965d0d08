using System.Globalization;
using System.Text;

namespace Sluice.Client.Tests;

/// <summary>The generator's records, spelt out one byte at a time from the definition.</summary>
internal static class GensortModel
{
    private static readonly UInt128 Factor = UInt128.Parse(
        "2360ed051fc65da44385df649fccf645", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static readonly UInt128 Increment = UInt128.Parse(
        "4a696d47726179524950202020202001", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static readonly string[] Masks =
    [
        "00000000000000000000", "f0e8e4e2e1d8d4d2d1cc", "cac9c6c5c3b8b4b2b1ac", "aaa9a6a5a39c9a999695",
        "938e8d8b87787472716c", "6a696665635c5a595655", "534e4d4b473c3a393635", "332e2d2b271e1d1b170f",
        "c8c4c2c1989492918ce0", "170f332e2d2b271e1d1b",
    ];

    public static UInt128 Step(UInt128 state) => (state * Factor) + Increment;

    public static UInt128 State(long n)
    {
        UInt128 state = UInt128.Zero;
        for (long i = 0; i < n; i++)
        {
            state = Step(state);
        }

        return state;
    }

    public static byte[] Binary(long number)
    {
        byte[] record = new byte[100];
        UInt128 state = State(number + 1);
        for (int word = 0; word < 10; word++)
        {
            byte[] mask = Convert.FromHexString(Masks[word]);
            for (int i = 0; i < 10; i++)
            {
                record[(word * 10) + i] = (byte)((byte)(state >> (120 - (8 * i))) ^ mask[i]);
            }

            state = Step(state);
        }

        return record;
    }

    public static byte[] Ascii(long number)
    {
        UInt128 state = State(number + 1);
        StringBuilder record = new();
        ulong high = (ulong)(state >> 64);
        for (int i = 0; i < 8; i++, high /= 95)
        {
            record.Append((char)(' ' + (high % 95)));
        }

        ulong low = (ulong)state;
        record.Append((char)(' ' + (low % 95))).Append((char)(' ' + (low / 95 % 95))).Append("  ");
        record.Append(number.ToString("X32", CultureInfo.InvariantCulture)).Append("  ");
        for (int shift = 48; shift >= 0; shift -= 4)
        {
            record.Append("0123456789ABCDEF"[(int)(low >> shift) & 15], 4);
        }

        return Encoding.ASCII.GetBytes(record.Append("\r\n").ToString());
    }
}
