using System.Diagnostics;
using System.Runtime.CompilerServices;
using Sluice.Buffers;

namespace Sluice.Sorting;

/// <summary>
/// Turns sorted records into sealed blocks, partition by partition, and sums them for the certificate.
/// </summary>
/// <remarks>
/// Records are laid behind each other as one stream per partition; the stream is cut where a block is full, so a record
/// may go on in the next block. A partition's last block is as short as its records leave it.
/// Threading: one thread.
/// </remarks>
internal sealed class BlockWriter : IRecordOutput
{
    private readonly IBlockTarget _target;
    private readonly BlockCompressor? _compressor;
    private MemorySegment? _segment;
    private int _blockStart;
    private int _position;
    private int _end;
    private RecordSum _sum;
    private int _blocks;
    private long _length;

    /// <param name="target">Where the blocks go.</param>
    /// <param name="compressor">Makes them smaller; null stores them as they are.</param>
    public BlockWriter(IBlockTarget target, BlockCompressor? compressor)
    {
        _target = target;
        _compressor = compressor;
    }

    /// <summary>Appends one record to the current partition.</summary>
    public void Append(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        int needed = BlockFormat.MaximumRecordHeader + key.Length + value.Length;
        if (needed > _end - _position || needed < 0)
        {
            AppendPieces(key, value);
            return;
        }

        Span<byte> room = _segment!.Slice(_position, needed);
        int header = RecordHeader.Write(room, key.Length, value.Length);
        key.CopyTo(room[header..]);
        value.CopyTo(room[(header + key.Length)..]);
        _sum.Add(room.Slice(header, key.Length + value.Length), key.Length);
        _position += header + key.Length + value.Length;
    }

    /// <summary>Appends one record that lies in one piece, its key first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Append(ReadOnlySpan<byte> record, int keyLength)
    {
        int needed = BlockFormat.MaximumRecordHeader + record.Length;
        if (needed > _end - _position || needed < 0)
        {
            AppendPieces(record[..keyLength], record[keyLength..]);
            return;
        }

        Span<byte> room = _segment!.Slice(_position, needed);
        int header = RecordHeader.Write(room, keyLength, record.Length - keyLength);
        record.CopyTo(room[header..]);

        // As it was collected: a copy that went wrong is not summed as if it were right.
        _sum.Add(record, keyLength);
        _position += header + record.Length;
    }

    /// <summary>Appends one record whose value may lie in pieces: they go out one by one.</summary>
    public void Append(ReadOnlySpan<byte> key, RecordView value)
    {
        if (value.IsWhole)
        {
            Append(key, value.First);
            return;
        }

        RecordHash hash = default;
        Begin(key.Length, value.Length);
        Write(key, ref hash);
        foreach (ReadOnlySpan<byte> piece in value)
        {
            Write(piece, ref hash);
        }

        End(in hash, key.Length, (long)key.Length + value.Length);
    }

    /// <summary>Starts a record that comes in pieces; <see cref="Write"/> and <see cref="End"/> follow.</summary>
    public void Begin(int keyLength, int valueLength)
    {
        Span<byte> header = stackalloc byte[BlockFormat.MaximumRecordHeader];
        WriteBytes(header[..RecordHeader.Write(header, keyLength, valueLength)]);
    }

    /// <summary>The next piece of the record begun, key first.</summary>
    public void Write(ReadOnlySpan<byte> piece, ref RecordHash hash)
    {
        hash.Add(piece);
        WriteBytes(piece);
    }

    /// <summary>Ends a record that came in pieces.</summary>
    public void End(in RecordHash hash, long keyLength, long recordLength) =>
        _sum.Add(hash.Finish(keyLength, recordLength));

    /// <summary>
    /// Ends the partition: seals its last block and tells what was written since the partition before.
    /// </summary>
    public (int Blocks, long Length, RecordSum Sum) EndPartition()
    {
        if (_segment is not null && _position > _blockStart + BlockFormat.HeaderSize)
        {
            SealBlock();
        }

        (int, long, RecordSum) written = (_blocks, _length, _sum);
        _blocks = 0;
        _length = 0;
        _sum = default;
        return written;
    }

    // For itself: the hash of pieces is large, and would be cleared for each record.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AppendPieces(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        RecordHash hash = default;
        Begin(key.Length, value.Length);
        Write(key, ref hash);
        Write(value, ref hash);
        End(in hash, key.Length, (long)key.Length + value.Length);
    }

    private void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_position == _end)
            {
                NextBlock();
            }

            int count = Math.Min(bytes.Length, _end - _position);
            bytes[..count].CopyTo(_segment!.Slice(_position, count));
            _position += count;
            bytes = bytes[count..];
        }
    }

    private void NextBlock()
    {
        if (_segment is not null)
        {
            SealBlock();
        }

        (_segment, _blockStart, int size) = _target.Open();
        Debug.Assert(size > BlockFormat.HeaderSize, "A block has room for a byte at least.");
        _position = _blockStart + BlockFormat.HeaderSize;
        _end = _blockStart + size;
    }

    private void SealBlock()
    {
        int length = _position - _blockStart;
        Span<byte> block = _segment!.Slice(_blockStart, length);
        if (_compressor is null)
        {
            BlockFormat.Seal(block, _blocks);
        }
        else
        {
            length = _compressor.Seal(block, _blocks);
        }

        _target.Close(length);
        _blocks++;
        _length += length;
        _segment = null;
        _position = 0;
        _end = 0;
        _blockStart = 0;
    }
}

/// <summary>Gives a <see cref="BlockWriter"/> room for one block after the other.</summary>
internal interface IBlockTarget
{
    /// <summary>Room for one block: where it starts in which segment, and how long it may become.</summary>
    (MemorySegment Segment, int Offset, int Size) Open();

    /// <summary>The block opened last is sealed and <paramref name="length"/> bytes long.</summary>
    void Close(int length);
}
