using System.Runtime.CompilerServices;

namespace Sluice.Client;

/// <summary>What one range of one file holds; filled by its scanner, then joined to its neighbours.</summary>
internal sealed class RangeSummary(VerifyRange range)
{
    private ulong _checksum;

    public VerifyRange Range { get; } = range;

    public long Records { get; private set; }

    public long Unordered { get; private set; }

    public long DuplicateKeys { get; private set; }

    /// <summary>
    /// Sum of the CRC-32 of each record: less than 2^32 for every byte of a range, of which there are less than 2^32.
    /// </summary>
    public ulong Checksum => _checksum;

    public RecordPlace? First { get; set; }

    public RecordPlace? Last { get; set; }

    /// <summary>The first unordered record: its number in the range and its offset in the file.</summary>
    public (long Record, long Offset)? FirstUnordered { get; private set; }

    /// <summary>Counts the next record.</summary>
    /// <param name="crc">Its CRC-32.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(uint crc)
    {
        _checksum += crc;
        Records++;
    }

    /// <summary>Notes how the key of the record to be counted next compares with the one before.</summary>
    /// <param name="order">Negative, zero or positive, as the key before is smaller, equal or greater.</param>
    /// <param name="offset">The record's first byte in the file.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Note(int order, long offset)
    {
        if (order >= 0)
        {
            NoteRare(order, offset);
        }
    }

    private void NoteRare(int order, long offset)
    {
        if (order == 0)
        {
            DuplicateKeys++;
            return;
        }

        Unordered++;
        FirstUnordered ??= (Records, offset);
    }
}
