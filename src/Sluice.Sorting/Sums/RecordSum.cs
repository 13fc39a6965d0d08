using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;

namespace Sluice.Sorting;

/// <summary>The certificate's sum over records: their count and the sum modulo 2^128 of a fixed hash of each.</summary>
/// <remarks>
/// The sum does not depend on the order of the records, so a producer's and a consumer's sum over the same records are
/// equal, and a record that was lost, doubled or changed on the way makes them differ.
/// </remarks>
public record struct RecordSum(long Count, [property: JsonIgnore] Hash128 Sum)
{
    /// <summary>
    /// The sum as 32 hexadecimal digits: so it stands in JSON, whose numbers do not hold it everywhere.
    /// </summary>
    [JsonPropertyName("sum")]
    public string Digits
    {
        readonly get => Sum.ToString();
        set => Sum = Hash128.Parse(value);
    }

    /// <summary>Adds one record.</summary>
    public void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => Add(RecordHash.Of(key, value));

    /// <summary>Adds one record whose key and value lie behind each other.</summary>
    /// <param name="record">Key, then value.</param>
    /// <param name="keyLength">Bytes of <paramref name="record"/> that are the key.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ReadOnlySpan<byte> record, int keyLength) => Add(RecordHash.Of(record, keyLength));

    /// <summary>Adds one record by its hash.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(Hash128 recordHash)
    {
        Count++;
        Sum += recordHash;
    }

    public static RecordSum operator +(RecordSum left, RecordSum right) =>
        new(left.Count + right.Count, left.Sum + right.Sum);

    public static RecordSum operator -(RecordSum left, RecordSum right) =>
        new(left.Count - right.Count, left.Sum - right.Sum);

    public override readonly string ToString() => $"{Count} records, sum {Sum}";
}
