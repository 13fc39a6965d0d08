namespace Sluice.Sorting;

/// <summary>Folds records of equal keys into fewer before they are written, or after they are read.</summary>
/// <remarks>
/// Applied any number of times, also never, and to any part of a key's records: at the spill, at merges of three runs
/// or more and at the consumer. It must give the same result however the records were grouped before. It may write
/// fewer records than it read, none, as many or more, of any length, and need not read all; only the key must stay.
/// Threading: one instance may serve the collector's and the spiller's thread at once; it keeps no state between
/// groups.
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

    /// <summary>The current record's value; valid until the next <see cref="MoveNext"/>.</summary>
    public abstract ReadOnlySpan<byte> Value { get; }

    /// <summary>Goes to the group's first or next record; false behind the last.</summary>
    public abstract bool MoveNext();
}

/// <summary>Takes records in order.</summary>
public interface IRecordOutput
{
    /// <summary>Takes one record.</summary>
    void Append(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);
}

/// <summary>Keeps the first record of each key and drops the others.</summary>
public sealed class FirstRecordCombiner : Combiner
{
    public override void Combine(RecordGroup group, IRecordOutput output)
    {
        if (group.MoveNext())
        {
            output.Append(group.Key, group.Value);
        }
    }
}
