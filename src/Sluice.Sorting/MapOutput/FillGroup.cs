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

    /// <summary>Begins with the key of entry <paramref name="index"/>, which is the key's first.</summary>
    public void Begin(long index)
    {
        _first = index;
        _next = index;
        RecordEntry entry = _entries[_first];
        Partition = entry.Partition;
        _keyLength = _fill.KeyLength(entry.Number);
        _groupEnded = false;
    }

    /// <summary>Goes past records of the key that were not read; returns the first entry of the next one.</summary>
    public long End()
    {
        while (MoveNext())
        {
        }

        return _next;
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
