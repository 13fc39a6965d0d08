namespace Sluice.Sorting;

/// <summary>Walks a sorted fill key by key, reading the ring directly.</summary>
internal sealed class FillGroup : RecordGroup
{
    private readonly RingFill _fill;
    private readonly EntryTable _entries;
    private byte[] _key = [];
    private byte[] _value = [];
    private int _keyLength;
    private long _first;
    private long _next;
    private RecordPosition _current;
    private bool _groupEnded = true;

    public FillGroup(RingFill fill)
    {
        _fill = fill;
        _entries = fill.Entries;
    }

    public int Partition { get; private set; }

    public override ReadOnlySpan<byte> Key
    {
        get
        {
            RecordPosition first = _fill.PositionOf(_entries[_first].Number);
            return Read(first.KeyStart, _keyLength, ref _key);
        }
    }

    public override ReadOnlySpan<byte> Value =>
        Read(_current.ValueStart, _current.ValueLength, ref _value);

    public override RecordView ValueView => new(_fill.Ring.Data, _current.ValueStart, _current.ValueLength);

    /// <summary>Goes to the next key, past records of the current one that were not read.</summary>
    public bool NextGroup()
    {
        while (!_groupEnded && MoveNext())
        {
        }

        if (_next == _fill.Count)
        {
            return false;
        }

        _first = _next;
        RecordEntry entry = _entries[_first];
        Partition = entry.Partition;
        _keyLength = _fill.KeyLength(entry.Number);
        _groupEnded = false;
        return true;
    }

    public override bool MoveNext()
    {
        if (_groupEnded || _next == _fill.Count || !IsSameKey(_entries[_next]))
        {
            _groupEnded = true;
            return false;
        }

        _current = _fill.PositionOf(_entries[_next].Number);
        _next++;
        return true;
    }

    private bool IsSameKey(in RecordEntry entry)
    {
        if (_next == _first)
        {
            return true;
        }

        return entry.Partition == Partition &&
            _fill.KeyLength(entry.Number) == _keyLength &&
            _fill.Compare(entry.Number, _entries[_first].Number, 0) == 0;
    }

    // In one piece it is read where it lies; what crosses segments is put together in a buffer that is kept.
    private ReadOnlySpan<byte> Read(RingPosition position, int length, ref byte[] joined)
    {
        ReadOnlySpan<byte> bytes = _fill.Ring.Data.SpanAt(position, length);
        if (bytes.Length == length)
        {
            return bytes;
        }

        if (joined.Length < length)
        {
            joined = new byte[length];
        }

        _fill.Ring.Data.CopyTo(position, joined.AsSpan(0, length));
        return joined.AsSpan(0, length);
    }
}
