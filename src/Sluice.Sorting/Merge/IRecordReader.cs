namespace Sluice.Sorting;

/// <summary>Records in key order, one at a time.</summary>
public interface IRecordReader
{
    /// <summary>The current record, its key first; valid until the next <see cref="MoveNext"/>.</summary>
    ReadOnlySpan<byte> Record { get; }

    /// <summary>Bytes of the current record's key.</summary>
    int KeyLength { get; }

    /// <summary>Goes to the next record; false behind the last.</summary>
    bool MoveNext();
}
