namespace Sluice.Sorting;

/// <summary>Walks a sorted fill key by key, reading the ring directly.</summary>
internal sealed class FillGroup : RecordGroup
{
    private readonly RingFill _fill;
    private readonly IKeySource _keys;
    private readonly EntryTable _entries;
    private byte[] _key = [];
    private byte[] _value = [];
    private int _keyLength;
    private long _first;
    private long _next;
    private RecordPosition _current;
    private bool _groupEnded = true;

    /// <param name="fill">Sorted.</param>
    /// <param name="keys">Tells which of its keys are equal.</param>
    public FillGroup(RingFill fill, IKeySource keys)
    {
        _fill = fill;
        _keys = keys;
        _entries = fill.Entries;
    }

    public int Partition { get; private set; }

    public override ReadOnlySpan<byte> Key
    {
        get
        {
            RecordPosition first = _fill.PositionOf(_entries[_first].Number);
            return _fill.Ring.Data.Join(first.KeyStart, _keyLength, ref _key);
        }
    }

    public override ReadOnlySpan<byte> Value =>
        _fill.Ring.Data.Join(_current.ValueStart, _current.ValueLength, ref _value);

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
            (!_keys.AreBytes || _fill.KeyLength(entry.Number) == _keyLength) &&
            _keys.Compare(entry.Number, _entries[_first].Number, 0) == 0;
    }
}
