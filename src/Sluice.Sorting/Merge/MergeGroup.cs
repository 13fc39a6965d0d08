using System.Runtime.CompilerServices;

namespace Sluice.Sorting;

/// <summary>Walks sorted records key by key.</summary>
/// <remarks>
/// The key is copied once per group, because the records that follow lie elsewhere. Threading: one thread.
/// </remarks>
public sealed class MergeGroup : RecordGroup
{
    private readonly IRecordReader _records;
    private readonly KeyComparison? _comparison;
    private byte[] _key = new byte[64];
    private int _keyLength;
    private State _state = State.BeforeFirst;

    private enum State
    {
        /// <summary>No record was read yet.</summary>
        BeforeFirst,

        /// <summary>The reader stands at the first record of the group, which MoveNext has not given yet.</summary>
        AtGroup,

        /// <summary>The reader stands at a record that MoveNext gave.</summary>
        InGroup,

        /// <summary>The reader stands at the first record of the next group.</summary>
        BehindGroup,

        /// <summary>There are no more records.</summary>
        Ended,
    }

    /// <param name="records">In order.</param>
    /// <param name="comparison">Tells which keys are equal; null compares them as bytes.</param>
    public MergeGroup(IRecordReader records, KeyComparison? comparison = null)
    {
        _comparison = comparison;
        _records = records;
    }

    public override ReadOnlySpan<byte> Key => _key.AsSpan(0, _keyLength);

    public override ReadOnlySpan<byte> Value => _records.Record[_records.KeyLength..];

    /// <summary>Groups so far.</summary>
    public long GroupCount { get; private set; }

    /// <summary>Records so far, those that were passed over included.</summary>
    public long RecordCount { get; private set; }

    /// <summary>
    /// Key and value of the current record in one piece; valid until the next <see cref="MoveNext"/>.
    /// </summary>
    public ReadOnlySpan<byte> Record => _records.Record;

    /// <summary>Goes to the next key, past records of the current one that were not read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool NextGroup()
    {
        if (_state == State.BeforeFirst)
        {
            _state = _records.MoveNext() ? State.BehindGroup : State.Ended;
        }

        while (MoveNext())
        {
        }

        if (_state == State.Ended)
        {
            return false;
        }

        ReadOnlySpan<byte> key = _records.Record[.._records.KeyLength];
        if (_key.Length < key.Length)
        {
            _key = new byte[Math.Max(key.Length, 2 * _key.Length)];
        }

        key.CopyTo(_key);
        _keyLength = key.Length;
        _state = State.AtGroup;
        GroupCount++;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override bool MoveNext()
    {
        switch (_state)
        {
            case State.AtGroup:
                _state = State.InGroup;
                RecordCount++;
                return true;
            case State.InGroup when !_records.MoveNext():
                _state = State.Ended;
                return false;
            case State.InGroup when !IsSameKey(_records.Record[.._records.KeyLength]):
                _state = State.BehindGroup;
                return false;
            case State.InGroup:
                RecordCount++;
                return true;
            default:
                return false;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsSameKey(ReadOnlySpan<byte> key) =>
        _comparison is null ? key.SequenceEqual(Key) : _comparison.Compare(key, Key) == 0;
}
