using System.Buffers.Binary;

namespace Sluice.Buffers.Tests;

/// <summary>Every get and put in both byte orders at every offset, against <see cref="BinaryPrimitives"/>.</summary>
public sealed class MemorySegmentPrimitivesTests : IDisposable
{
    private readonly MemorySlab _slab = new(1, 19);

    private MemorySegment Segment => _slab.Segments[0];

    public void Dispose() => _slab.Dispose();

    [Fact]
    public void Bytes_and_booleans()
    {
        Check(1, (byte)0xFE, (span, value) => span[0] = value, (s, o) => s.GetByte(o), (s, o, v) => s.PutByte(o, v));
        Check(1, true, (span, _) => span[0] = 1, (s, o) => s.GetBoolean(o), (s, o, v) => s.PutBoolean(o, v));
        Check(
            1,
            (sbyte)-3,
            (span, value) => span[0] = (byte)value,
            (s, o) => s.GetSByte(o),
            (s, o, v) => s.PutSByte(o, v));
    }

    [Fact]
    public void Every_byte_but_zero_is_true()
    {
        for (int value = 0; value <= byte.MaxValue; value++)
        {
            Segment.PutByte(3, (byte)value);

            Assert.Equal(value != 0, Segment.GetBoolean(3));
        }
    }

    [Fact]
    public void Sixteen_bits()
    {
        Check<short>(2, -12345, BinaryPrimitives.WriteInt16LittleEndian,
            (s, o) => s.GetInt16LittleEndian(o), (s, o, v) => s.PutInt16LittleEndian(o, v));
        Check<short>(2, -12345, BinaryPrimitives.WriteInt16BigEndian,
            (s, o) => s.GetInt16BigEndian(o), (s, o, v) => s.PutInt16BigEndian(o, v));
        Check<ushort>(2, 0xFEDC, BinaryPrimitives.WriteUInt16LittleEndian,
            (s, o) => s.GetUInt16LittleEndian(o), (s, o, v) => s.PutUInt16LittleEndian(o, v));
        Check<ushort>(2, 0xFEDC, BinaryPrimitives.WriteUInt16BigEndian,
            (s, o) => s.GetUInt16BigEndian(o), (s, o, v) => s.PutUInt16BigEndian(o, v));
        Check(2, '\u6C34', (span, value) => BinaryPrimitives.WriteUInt16LittleEndian(span, value),
            (s, o) => s.GetCharLittleEndian(o), (s, o, v) => s.PutCharLittleEndian(o, v));
        Check(2, '\u6C34', (span, value) => BinaryPrimitives.WriteUInt16BigEndian(span, value),
            (s, o) => s.GetCharBigEndian(o), (s, o, v) => s.PutCharBigEndian(o, v));
        Check(2, (Half)(-1.5), BinaryPrimitives.WriteHalfLittleEndian,
            (s, o) => s.GetHalfLittleEndian(o), (s, o, v) => s.PutHalfLittleEndian(o, v));
        Check(2, (Half)(-1.5), BinaryPrimitives.WriteHalfBigEndian,
            (s, o) => s.GetHalfBigEndian(o), (s, o, v) => s.PutHalfBigEndian(o, v));
    }

    [Fact]
    public void Thirty_two_bits()
    {
        Check(4, -0x12345678, BinaryPrimitives.WriteInt32LittleEndian,
            (s, o) => s.GetInt32LittleEndian(o), (s, o, v) => s.PutInt32LittleEndian(o, v));
        Check(4, -0x12345678, BinaryPrimitives.WriteInt32BigEndian,
            (s, o) => s.GetInt32BigEndian(o), (s, o, v) => s.PutInt32BigEndian(o, v));
        Check(4, 0xFEDCBA98, BinaryPrimitives.WriteUInt32LittleEndian,
            (s, o) => s.GetUInt32LittleEndian(o), (s, o, v) => s.PutUInt32LittleEndian(o, v));
        Check(4, 0xFEDCBA98, BinaryPrimitives.WriteUInt32BigEndian,
            (s, o) => s.GetUInt32BigEndian(o), (s, o, v) => s.PutUInt32BigEndian(o, v));
        Check(4, -1.5e-9f, BinaryPrimitives.WriteSingleLittleEndian,
            (s, o) => s.GetSingleLittleEndian(o), (s, o, v) => s.PutSingleLittleEndian(o, v));
        Check(4, -1.5e-9f, BinaryPrimitives.WriteSingleBigEndian,
            (s, o) => s.GetSingleBigEndian(o), (s, o, v) => s.PutSingleBigEndian(o, v));
    }

    [Fact]
    public void Sixty_four_bits()
    {
        Check(8, -0x123456789ABCDEFL, BinaryPrimitives.WriteInt64LittleEndian,
            (s, o) => s.GetInt64LittleEndian(o), (s, o, v) => s.PutInt64LittleEndian(o, v));
        Check(8, -0x123456789ABCDEFL, BinaryPrimitives.WriteInt64BigEndian,
            (s, o) => s.GetInt64BigEndian(o), (s, o, v) => s.PutInt64BigEndian(o, v));
        Check(8, 0xFEDCBA9876543210, BinaryPrimitives.WriteUInt64LittleEndian,
            (s, o) => s.GetUInt64LittleEndian(o), (s, o, v) => s.PutUInt64LittleEndian(o, v));
        Check(8, 0xFEDCBA9876543210, BinaryPrimitives.WriteUInt64BigEndian,
            (s, o) => s.GetUInt64BigEndian(o), (s, o, v) => s.PutUInt64BigEndian(o, v));
        Check(8, Math.PI, BinaryPrimitives.WriteDoubleLittleEndian,
            (s, o) => s.GetDoubleLittleEndian(o), (s, o, v) => s.PutDoubleLittleEndian(o, v));
        Check(8, Math.PI, BinaryPrimitives.WriteDoubleBigEndian,
            (s, o) => s.GetDoubleBigEndian(o), (s, o, v) => s.PutDoubleBigEndian(o, v));
    }

    [Fact]
    public void One_hundred_and_twenty_eight_bits()
    {
        Int128 signed = new(0x8123456789ABCDEF, 0x0F1E2D3C4B5A6978);
        Check(16, signed, BinaryPrimitives.WriteInt128LittleEndian,
            (s, o) => s.GetInt128LittleEndian(o), (s, o, v) => s.PutInt128LittleEndian(o, v));
        Check(16, signed, BinaryPrimitives.WriteInt128BigEndian,
            (s, o) => s.GetInt128BigEndian(o), (s, o, v) => s.PutInt128BigEndian(o, v));
        Check(16, (UInt128)signed, BinaryPrimitives.WriteUInt128LittleEndian,
            (s, o) => s.GetUInt128LittleEndian(o), (s, o, v) => s.PutUInt128LittleEndian(o, v));
        Check(16, (UInt128)signed, BinaryPrimitives.WriteUInt128BigEndian,
            (s, o) => s.GetUInt128BigEndian(o), (s, o, v) => s.PutUInt128BigEndian(o, v));
    }

    [Fact]
    public void A_signalling_not_a_number_keeps_its_bits()
    {
        Segment.PutInt32BigEndian(1, 0x7FA00001);
        Segment.PutSingleLittleEndian(1, Segment.GetSingleBigEndian(1));
        Segment.PutInt64BigEndian(6, 0x7FF4000000000001);
        Segment.PutDoubleLittleEndian(6, Segment.GetDoubleBigEndian(6));

        Assert.Equal(0x7FA00001, Segment.GetInt32LittleEndian(1));
        Assert.Equal(0x7FF4000000000001, Segment.GetInt64LittleEndian(6));
    }

    private delegate void Write<T>(Span<byte> span, T value);

    private void Check<T>(
        int size, T value, Write<T> model, Func<MemorySegment, int, T> get, Action<MemorySegment, int, T> put)
    {
        for (int offset = 0; offset <= Segment.Size - size; offset++)
        {
            byte[] expected = [.. Enumerable.Repeat((byte)0xA5, Segment.Size)];
            model(expected.AsSpan(offset), value);
            Segment.Span.Fill(0xA5);

            put(Segment, offset, value);

            Assert.Equal(expected, Segment.Span);
            Assert.Equal(value, get(Segment, offset));
        }

        foreach (int offset in
            new[] { -1, Segment.Size - size + 1, Segment.Size, int.MaxValue, int.MinValue, int.MaxValue - size })
        {
            Segment.Span.Fill(0xA5);
            Assert.Throws<ArgumentOutOfRangeException>(() => get(Segment, offset));
            Assert.Throws<ArgumentOutOfRangeException>(() => put(Segment, offset, value));
            Assert.Equal(Enumerable.Repeat((byte)0xA5, Segment.Size), Segment.Span.ToArray());
        }
    }
}
