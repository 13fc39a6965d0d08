using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;
using Sluice.Buffers;

namespace Sluice.Sorting;

/// <summary>Encodes one key or value, its length not being known before.</summary>
/// <remarks>
/// Writes into a window of memory: the ring itself where the record goes there, or a <see cref="RecordScratch"/>. Only
/// a window that is too small costs a virtual call. Nothing written counts before whoever gave the writer ends the
/// item, so a writer that is left behind, after an error, leaves nothing behind.
/// </remarks>
public ref struct RecordWriter
{
    private const int LongestDecimal = 20;
    private const int LongestRune = 4;

    private readonly RecordRoom _room;
    private Span<byte> _window;
    private int _before;
    private int _used;

    /// <summary>Starts at the front of a scratch and overwrites what an earlier writer wrote there.</summary>
    public RecordWriter(RecordScratch scratch)
        : this(scratch, scratch.Bytes)
    {
    }

    internal RecordWriter(RecordRoom room, Span<byte> window)
    {
        _room = room;
        _window = window;
    }

    /// <summary>Bytes written so far.</summary>
    public readonly int Length => _before + _used;

    /// <summary>What was written so far: always for keys and in a scratch; a value in the ring may lie in
    /// pieces.</summary>
    /// <exception cref="InvalidOperationException">It lies in pieces.</exception>
    public readonly ReadOnlySpan<byte> Written => _before == 0
        ? _window[.._used]
        : throw new InvalidOperationException("The value crosses the end of a segment: it has no single span.");

    /// <summary>Bytes that can be written before the window is too small.</summary>
    internal readonly int Room => _window.Length - _used;

    /// <summary>The bytes written into the last window.</summary>
    internal readonly Span<byte> LastPiece => _window[.._used];

    /// <summary>
    /// Room for at least <paramref name="size"/> bytes behind what was written; <see cref="Advance"/> follows.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> GetSpan(int size)
    {
        if (_window.Length - _used < size)
        {
            Grow(size);
        }

        return _window[_used..];
    }

    /// <summary>Says how much of the room was used.</summary>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_window.Length - _used), nameof(count));
        _used += count;
    }

    public void Write(scoped ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _window.Length - _used && _room.MayCross)
        {
            WriteCrossing(bytes);
            return;
        }

        bytes.CopyTo(GetSpan(bytes.Length));
        _used += bytes.Length;
    }

    public void WriteByte(byte value)
    {
        GetSpan(1)[0] = value;
        _used++;
    }

    /// <summary>Eight bytes, most significant first.</summary>
    public void WriteUInt64BigEndian(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(GetSpan(sizeof(ulong)), value);
        _used += sizeof(ulong);
    }

    /// <summary>Seven bits a byte, least significant first (LEB128).</summary>
    public void WriteVarUInt32(uint value) => _used += VarInt.Write(GetSpan(VarInt.MaximumSize32), value);

    /// <summary>Decimal digits, as people read them.</summary>
    public void WriteDecimal(long value)
    {
        value.TryFormat(GetSpan(LongestDecimal), out int written, default, null);
        _used += written;
    }

    /// <summary>Text as UTF-8; what is not valid becomes U+FFFD.</summary>
    public void WriteText(scoped ReadOnlySpan<char> text) => WriteText(text, replacesInvalid: true);

    /// <summary>Text as UTF-8, of which it comes back as it was.</summary>
    /// <exception cref="EncoderFallbackException">It has a surrogate without its other half.</exception>
    internal void WriteWholeText(scoped ReadOnlySpan<char> text) => WriteText(text, replacesInvalid: false);

    private void WriteText(scoped ReadOnlySpan<char> text, bool replacesInvalid)
    {
        while (true)
        {
            OperationStatus status =
                Utf8.FromUtf16(text, _window[_used..], out int read, out int written, replacesInvalid);
            _used += written;
            if (status == OperationStatus.Done)
            {
                return;
            }

            if (status == OperationStatus.InvalidData)
            {
                throw new EncoderFallbackException(
                    $"The text has a surrogate without its other half, U+{(int)text[read]:X4}, and is not Unicode.");
            }

            // What fits stands; the rest of the window is shorter than the next character.
            text = text[read..];
            Grow(_room.MayCross ? LongestRune : Encoding.UTF8.GetByteCount(text));
        }
    }

    /// <summary>What was written from <paramref name="start"/> on, in one piece, to be changed where it
    /// stands.</summary>
    internal Span<byte> Change(int start)
    {
        if (start < _before)
        {
            Join();
        }

        return _window[(start - _before).._used];
    }

    /// <summary>Brings all that was written into one piece.</summary>
    internal void Join() => _window = _room.Join(_window, ref _before, ref _used);

    private void WriteCrossing(scoped ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            Span<byte> room = GetSpan(1);
            int count = Math.Min(room.Length, bytes.Length);
            bytes[..count].CopyTo(room);
            _used += count;
            bytes = bytes[count..];
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int size) => _window = _room.Grow(_window, ref _before, ref _used, size);
}
