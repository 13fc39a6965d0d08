namespace Sluice.Client;

/// <summary>Adds up ranges in order and compares where they meet.</summary>
internal sealed class RangeJoiner(RecordKey key)
{
    private long _records;
    private long _bytes;
    private long _unordered;
    private long _duplicateKeys;
    private UInt128 _checksum;
    private UnorderedPlace? _firstUnordered;
    private RecordPlace? _last;

    // The file of the range added last, and its records so far.
    private int _file = -1;
    private long _recordsInFile;

    public void Add(RangeSummary summary)
    {
        VerifyRange range = summary.Range;
        if (range.FileIndex != _file)
        {
            _file = range.FileIndex;
            _recordsInFile = 0;
        }

        CompareJoint(summary);
        if (summary.FirstUnordered is (long record, long offset))
        {
            _firstUnordered ??= new UnorderedPlace(range.File, _recordsInFile + record, offset);
        }

        _records += summary.Records;
        _recordsInFile += summary.Records;
        _bytes += range.End - range.Start;
        _unordered += summary.Unordered;
        _duplicateKeys += summary.DuplicateKeys;
        _checksum += summary.Checksum;
        _last = summary.Last ?? _last;
    }

    public VerifyReport Report(int files) => new()
    {
        Files = files,
        Records = _records,
        Bytes = _bytes,
        Unordered = _unordered,
        FirstUnordered = _firstUnordered,
        DuplicateKeys = _duplicateKeys,
        Checksum = _checksum,
    };

    private void CompareJoint(RangeSummary summary)
    {
        if (_last is null || summary.First is null)
        {
            return;
        }

        int order = key.Compare(_last, summary.First);
        if (order == 0)
        {
            _duplicateKeys++;
        }
        else if (order > 0)
        {
            _unordered++;
            _firstUnordered ??= new UnorderedPlace(summary.First.File, _recordsInFile, summary.First.Offset);
        }
    }
}
