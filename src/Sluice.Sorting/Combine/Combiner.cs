namespace Sluice.Sorting;

/// <summary>Folds records of equal keys into fewer before they are written, or after they are read.</summary>
/// <remarks>
/// Applied any number of times, also never, and to any part of a key's records: at the spill, where a key has more than
/// one of them, at merges of three runs or more and at the consumer. It must give the same result however the records
/// were grouped before. It may write fewer records than it read, none, as many or more, of any length, and need not
/// read all; only the key must stay. Threading: one instance may serve the collector's and the spiller's thread at
/// once; it keeps no state between groups.
/// </remarks>
public abstract class Combiner
{
    /// <summary>Reads the records of one key and writes what stands for them, under the same key.</summary>
    public abstract void Combine(RecordGroup group, IRecordOutput output);
}

/// <summary>The records of one key, in order of arrival.</summary>
public abstract class RecordGroup
{
    /// <summary>The key that all records of the group share.</summary>
    public abstract ReadOnlySpan<byte> Key { get; }

    /// <summary>The current record's value in one piece; valid until the next <see cref="MoveNext"/>.</summary>
    /// <remarks>A value that lies in pieces is put together first; <see cref="ValueView"/> reads it without.</remarks>
    public abstract ReadOnlySpan<byte> Value { get; }

    /// <summary>The current record's value where it lies; valid until the next <see cref="MoveNext"/>.</summary>
    public virtual RecordView ValueView => new(Value);

    /// <summary>Goes to the group's first or next record; false behind the last.</summary>
    public abstract bool MoveNext();
}

/// <summary>Takes records in order.</summary>
public interface IRecordOutput
{
    /// <summary>Takes one record.</summary>
    void Append(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);

    /// <summary>Takes one record whose value may lie in pieces.</summary>
    void Append(ReadOnlySpan<byte> key, RecordView value)
    {
        if (value.IsWhole)
        {
            Append(key, value.First);
            return;
        }

        byte[] joined = new byte[value.Length];
        value.CopyTo(joined);
        Append(key, joined);
    }
}

/// <summary>Keeps the first record of each key and drops the others.</summary>
public sealed class FirstRecordCombiner : Combiner
{
    public override void Combine(RecordGroup group, IRecordOutput output)
    {
        if (group.MoveNext())
        {
            output.Append(group.Key, group.ValueView);
        }
    }
}
