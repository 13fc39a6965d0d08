namespace Sluice.Sorting;

/// <summary>A byte of a ring's level, counted from the first that was ever written; it never wraps.</summary>
/// <remarks>Positions differ by bytes; they are not added to each other, nor to the number of a record.</remarks>
/// <param name="Value">Bytes before it.</param>
internal readonly record struct RingPosition(long Value)
{
    public static RingPosition operator +(RingPosition position, long bytes) => new(position.Value + bytes);

    public static RingPosition operator -(RingPosition position, long bytes) => new(position.Value - bytes);

    /// <summary>Bytes from <paramref name="start"/> to <paramref name="end"/>.</summary>
    public static long operator -(RingPosition end, RingPosition start) => end.Value - start.Value;

    public static bool operator <(RingPosition left, RingPosition right) => left.Value < right.Value;

    public static bool operator >(RingPosition left, RingPosition right) => left.Value > right.Value;

    public static bool operator <=(RingPosition left, RingPosition right) => left.Value <= right.Value;

    public static bool operator >=(RingPosition left, RingPosition right) => left.Value >= right.Value;
}

/// <summary>A record's place in the order of arrival, counted from the ring's first.</summary>
/// <param name="Value">Records before it.</param>
internal readonly record struct RecordNumber(long Value)
{
    public static RecordNumber operator +(RecordNumber number, long records) => new(number.Value + records);

    /// <summary>Records from <paramref name="first"/> on and before <paramref name="end"/>.</summary>
    public static long operator -(RecordNumber end, RecordNumber first) => end.Value - first.Value;

    public static bool operator <(RecordNumber left, RecordNumber right) => left.Value < right.Value;

    public static bool operator >(RecordNumber left, RecordNumber right) => left.Value > right.Value;
}
