using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Sluice.Sorting;

/// <summary>Builds one record in the ring, key then value, their lengths not being known before.</summary>
/// <remarks>
/// A key that meets the end of its segment moves on to the next one, what is written of it included; a value goes on
/// there. Only these are written beside the ring, in memory of their own, and copied:
/// <list type="bullet">
/// <item>room in one piece that the rest of a segment does not have: that piece alone;</item>
/// <item>a value, across a segment's end, that must be changed where it stands (a length put before its part);</item>
/// <item>a key longer than a segment, and a record longer than the ring takes.</item>
/// </list>
/// The last is bounded by the longest record. The record counts only when it is ended; until then it can be given up.
/// Threading: the collector's thread.
/// </remarks>
internal sealed class RecordBuilder : RecordRoom
{
    private readonly RingCollector _ring;
    private readonly SegmentRing _data;
    private readonly RecordScratch _key;
    private readonly RecordScratch _value;
    private readonly RecordScratch _bridge;
    private Step _step;
    private bool _isBeside;
    private bool _isOnBridge;
    private RingPosition _keyStart;
    private int _keyLength;
    private ExceptionDispatchInfo? _failure;

    /// <param name="ring">Where the record goes.</param>
    /// <param name="longest">Bytes of the longest record.</param>
    public RecordBuilder(RingCollector ring, long longest)
    {
        _ring = ring;
        _data = ring.Ring.Data;
        _key = new RecordScratch(longest);
        _value = new RecordScratch(longest);
        _bridge = new RecordScratch(longest);
    }

    private enum Step
    {
        /// <summary>No record was begun.</summary>
        Idle,

        /// <summary>The key is being written.</summary>
        Key,

        /// <summary>The value is being written, or is next.</summary>
        Value,
    }

    /// <summary>Whether the record lies beside the ring, in <see cref="Key"/> and the value's writer.</summary>
    public bool IsBeside => _isBeside;

    /// <summary>The key, when it is ended; valid until the value is begun.</summary>
    public ReadOnlySpan<byte> Key => _isBeside ? _key.Bytes[.._keyLength] : _data.SpanAt(_keyStart, _keyLength);

    internal override bool MayCross => _step == Step.Value && !_isBeside;

    /// <summary>Begins a record with its key; one begun before and not ended is given up.</summary>
    public RecordWriter BeginKey()
    {
        if (_step != Step.Idle)
        {
            GiveUp();
        }

        _ring.BeginRecord();
        if (_data.Room == 0)
        {
            _ring.AddSegment(_data);
        }

        _failure = null;
        _isBeside = false;
        _isOnBridge = false;
        _step = Step.Key;
        _keyStart = _data.Head;
        return new RecordWriter(this, _data.RoomSpan());
    }

    public void EndKey(ref RecordWriter key)
    {
        Debug.Assert(_step == Step.Key, "A key is ended that was begun.");
        ThrowOwnFailure();
        _keyLength = key.Length;
        if (!_isBeside)
        {
            _data.Advance(_keyLength);
        }

        _step = Step.Value;
    }

    public RecordWriter BeginValue() => new(this, _isBeside ? _value.Bytes : _data.RoomSpan());

    /// <summary>Ends the value. Unless the record lies beside the ring it can be appended then.</summary>
    /// <returns>Where the record lies in the ring.</returns>
    public RecordPosition EndValue(ref RecordWriter value)
    {
        Debug.Assert(_step == Step.Value, "A value is ended whose key was.");
        ThrowOwnFailure();
        if (!_isBeside && _keyLength + (long)value.Length > _ring.LargestRecord)
        {
            value.Join();
        }

        if (_isBeside)
        {
            return default;
        }

        Keep(value.LastPiece);
        return new RecordPosition(_keyStart, _keyStart + _keyLength, _data.Head);
    }

    /// <summary>The record was appended or copied.</summary>
    public void End()
    {
        if (_isBeside)
        {
            _key.Shrink();
            _value.Shrink();
        }

        _step = Step.Idle;
    }

    /// <summary>Forgets the record.</summary>
    public void GiveUp()
    {
        if (_step != Step.Idle)
        {
            _ring.Rewind();
            End();
        }
    }

    /// <summary>Throws what stopped the record, if that was the ring and not whoever wrote.</summary>
    public void ThrowOwnFailure() => _failure?.Throw();

    internal override Span<byte> Grow(scoped Span<byte> window, scoped ref int before, scoped ref int used, int size)
    {
        try
        {
            if (_isBeside)
            {
                return (_step == Step.Key ? _key : _value).Grow(window, ref before, ref used, size);
            }

            return _step == Step.Key
                ? GrowKey(window, used, size)
                : GrowValue(window, ref before, ref used, size);
        }
        catch (Exception exception)
        {
            _failure = ExceptionDispatchInfo.Capture(exception);
            throw;
        }
    }

    internal override Span<byte> Join(scoped Span<byte> window, scoped ref int before, scoped ref int used) =>
        MoveValueBeside(window, ref before, ref used, 0);

    private Span<byte> GrowKey(scoped Span<byte> window, int used, int size)
    {
        if ((long)used + size > _data.SegmentSize)
        {
            _key.Reserve(0, used);
            window[..used].CopyTo(_key.Bytes);
            _isBeside = true;
            _ring.Rewind();
            _key.Reserve(used, size);
            return _key.Bytes;
        }

        _data.Advance(_data.Room);
        _ring.AddSegment(_data);
        _keyStart = _data.Head;
        Span<byte> room = _data.RoomSpan();
        window[..used].CopyTo(room);
        return room;
    }

    private Span<byte> GrowValue(scoped Span<byte> window, scoped ref int before, scoped ref int used, int size)
    {
        if (_keyLength + (long)before + used >= _ring.LargestRecord)
        {
            return MoveValueBeside(window, ref before, ref used, size);
        }

        Keep(window[..used]);
        before += used;
        used = 0;
        if (_data.Room == 0)
        {
            _ring.AddSegment(_data);
        }

        if (_data.Room >= size)
        {
            return _data.RoomSpan();
        }

        _bridge.Reserve(0, size);
        _isOnBridge = true;
        return _bridge.Bytes[..size];
    }

    // What was written in the ring's own room stays; what was written on the bridge is copied behind it.
    private void Keep(scoped ReadOnlySpan<byte> piece)
    {
        if (!_isOnBridge)
        {
            _data.Advance(piece.Length);
            return;
        }

        _isOnBridge = false;
        for (int written = _data.Write(piece); written < piece.Length; written += _data.Write(piece[written..]))
        {
            _ring.AddSegment(_data);
        }

        _bridge.Shrink();
    }

    private Span<byte> MoveValueBeside(scoped Span<byte> window, scoped ref int before, scoped ref int used, int size)
    {
        _key.Reserve(0, _keyLength);
        _data.SpanAt(_keyStart, _keyLength).CopyTo(_key.Bytes);
        _value.Reserve(0, before + used);
        _data.CopyTo(_keyStart + _keyLength, _value.Bytes[..before]);
        window[..used].CopyTo(_value.Bytes[before..]);
        used += before;
        before = 0;
        _isBeside = true;
        _isOnBridge = false;
        _ring.Rewind();
        _value.Reserve(used, size);
        return _value.Bytes;
    }
}
