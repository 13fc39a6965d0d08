using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.WireProtocol;
using Sluice.Buffers;
using Sluice.Exchange;
using Sluice.Sorting;

namespace Sluice.Grains;

/// <summary>
/// Writes blocks from their segments into the connection, and reads them into the segments a fetch reserved.
/// </summary>
/// <remarks>
/// One length-prefixed field, little endian, which an unknowing reader can skip:
/// <code>
///  4 length of what follows
///  16 fetch | 1 version | 1 status | 1 revoked | 4 first sequence | 4 backlog
///     | 2 bytes of source | source, UTF-8 | 2 blocks
///  then each block: 1 bit 0 | 1 bit traced | 30 bits length | when traced: 16 trace id, 8 span id | its bytes
/// </code>
/// A block is traced when somebody watches the life of its buffer, and the consumer has said that it knows of traces.
/// Serialization runs later than the call, on the connection's loop: a block that was given back meanwhile makes the
/// batch a revoked one, without blocks. A batch whose fetch is not open here is skipped, and nothing is rented for it.
/// </remarks>
[RegisterSerializer, RegisterCopier]
public sealed class BufferBatchCodec : IFieldCodec<BufferBatch>, IDeepCopier<BufferBatch>
{
    /// <summary>Blocks that a batch has at the most.</summary>
    internal const int MostBlocks = 1024;

    private const byte Version = 1;
    private const int HeaderLength = 16 + 3 + 4 + 4 + 2;
    private const int MostSourceBytes = 4096;
    private const int TraceLength = 16 + 8;
    private const int TracedBit = 1 << 30;

    private readonly ReceiveWindows? _windows;

    /// <param name="services">Has the receiving windows, where batches are received at all.</param>
    public BufferBatchCodec(IServiceProvider services)
    {
        _windows = (ReceiveWindows?)services.GetService(typeof(ReceiveWindows));
    }

    /// <summary>The same object: a batch is never changed.</summary>
    public BufferBatch DeepCopy(BufferBatch input, CopyContext context) => input;

    public void WriteField<TBufferWriter>(
        ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type expectedType, BufferBatch value)
        where TBufferWriter : IBufferWriter<byte>
    {
        ReferenceCodec.MarkValueField(writer.Session);
        writer.WriteFieldHeader(fieldIdDelta, expectedType, typeof(BufferBatch), WireType.LengthPrefixed);
        List<Outgoing> held = new(value.Blocks.Count);
        try
        {
            bool isRevoked = value.IsRevoked || !TryHold(value, held);
            byte[] source = Encoding.UTF8.GetBytes(value.Source);
            int sourceLength = Math.Min(source.Length, MostSourceBytes);
            int length = HeaderLength + sourceLength + 2;
            if (!isRevoked)
            {
                length += held.Sum(sent => sizeof(int) + (sent.IsTraced ? TraceLength : 0) + sent.Block.Length);
            }

            Span<byte> header = stackalloc byte[HeaderLength];
            value.Fetch.TryWriteBytes(header);
            header[16] = Version;
            header[17] = (byte)value.Status;
            header[18] = isRevoked ? (byte)1 : (byte)0;
            BinaryPrimitives.WriteInt32LittleEndian(header[19..], value.FirstSequence);
            BinaryPrimitives.WriteInt32LittleEndian(header[23..], value.Backlog);
            BinaryPrimitives.WriteUInt16LittleEndian(header[27..], (ushort)sourceLength);
            writer.WriteVarUInt32((uint)length);
            writer.Write(header);
            writer.Write(source.AsSpan(0, sourceLength));
            Span<byte> trace = stackalloc byte[TraceLength];
            Span<byte> number = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteUInt16LittleEndian(number, (ushort)(isRevoked ? 0 : held.Count));
            writer.Write(number[..2]);
            foreach (Outgoing sent in isRevoked ? [] : held)
            {
                BinaryPrimitives.WriteInt32LittleEndian(number, sent.Block.Length | (sent.IsTraced ? TracedBit : 0));
                writer.Write(number);
                if (sent.IsTraced)
                {
                    sent.Trace.TraceId.CopyTo(trace[..16]);
                    sent.Trace.SpanId.CopyTo(trace[16..]);
                    writer.Write(trace);
                }

                writer.Write(sent.Block.Bytes);
                sent.Block.Buffer.NoteSent(value.To);
            }
        }
        finally
        {
            held.ForEach(sent => sent.Block.Release());
        }

        value.Written?.Invoke();
    }

    public BufferBatch ReadValue<TInput>(ref Reader<TInput> reader, Field field)
    {
        ReferenceCodec.MarkValueField(reader.Session);
        field.EnsureWireType(WireType.LengthPrefixed);
        uint length = reader.ReadVarUInt32();
        long end = reader.Position + length;
        if (length < HeaderLength + 2 || end > reader.Length)
        {
            throw new InvalidDataException(
                $"A batch of {length} bytes cannot be: it is cut, or longer than its message.");
        }

        Span<byte> header = stackalloc byte[HeaderLength];
        reader.ReadBytes(header);
        Guid fetch = new(header[..16]);
        int sourceLength = BinaryPrimitives.ReadUInt16LittleEndian(header[27..]);
        if (header[16] != Version || sourceLength > MostSourceBytes || reader.Position + sourceLength + 2 > end)
        {
            throw new InvalidDataException(
                $"A batch of version {header[16]} with a source of {sourceLength} bytes is not known here.");
        }

        Span<byte> source = stackalloc byte[sourceLength];
        reader.ReadBytes(source);
        Span<byte> number = stackalloc byte[sizeof(int)];
        reader.ReadBytes(number[..2]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(number);
        bool isRevoked = header[18] != 0;
        bool isKept = ReadBlocks(ref reader, _windows?.Find(fetch), count, end);
        return new BufferBatch
        {
            Fetch = fetch,
            Status = (FetchStatus)header[17],
            FirstSequence = BinaryPrimitives.ReadInt32LittleEndian(header[19..]),
            Backlog = BinaryPrimitives.ReadInt32LittleEndian(header[23..]),
            Source = Encoding.UTF8.GetString(source),
            IsRevoked = isRevoked || !isKept,
        };
    }

    private static ActivityContext TraceOf(ReadOnlySpan<byte> bytes) => new(
        ActivityTraceId.CreateFromBytes(bytes[..16]),
        ActivitySpanId.CreateFromBytes(bytes[16..]),
        ActivityTraceFlags.Recorded,
        isRemote: true);

    private static bool TryHold(BufferBatch batch, List<Outgoing> held)
    {
        try
        {
            foreach (Block block in batch.Blocks)
            {
                held.Add(Hold(block, takesTraces: batch.To.Length > 0));
            }

            return true;
        }
        catch (BufferMisuseException)
        {
            return false;
        }
    }

    // Asked for the span once: it may end at any moment, and the lengths must agree.
    private static Outgoing Hold(Block block, bool takesTraces) => block.Buffer.IsWatched
        ? new Outgoing(
            block with { Buffer = block.Buffer.Retain("connection") }, takesTraces ? block.Buffer.Trace : default)
        : new Outgoing(block with { Buffer = block.Buffer.Retain() }, default);

    // The reader is a ref struct, so the window's lock is taken here rather than around a delegate.
    private static bool ReadBlocks<TInput>(ref Reader<TInput> reader, ReceiveWindow? window, int count, long end)
    {
        if (count > MostBlocks)
        {
            throw new InvalidDataException($"A batch of {count} blocks cannot be: {MostBlocks} are the most.");
        }

        if (window is null || !window.TryBegin())
        {
            reader.Skip(end - reader.Position);
            return false;
        }

        bool isWhole = false;
        try
        {
            Span<byte> trace = stackalloc byte[TraceLength];
            Span<byte> number = stackalloc byte[sizeof(int)];
            for (int block = 0; block < count; block++)
            {
                if (end - reader.Position < sizeof(int))
                {
                    throw new InvalidDataException("A batch ends inside of a block's length.");
                }

                reader.ReadBytes(number);
                int length = BinaryPrimitives.ReadInt32LittleEndian(number);
                bool isTraced = length > 0 && (length & TracedBit) != 0;
                length = isTraced ? length & ~TracedBit : length;
                if (length < 0 || length > end - reader.Position - (isTraced ? TraceLength : 0))
                {
                    throw new InvalidDataException($"A block of {length} bytes is longer than the rest of its batch.");
                }

                ActivityContext sender = default;
                if (isTraced)
                {
                    reader.ReadBytes(trace);
                    sender = TraceOf(trace);
                }

                if (!window.TryTake(length, sender, out Span<byte> room))
                {
                    throw new InvalidDataException(
                        $"A block of {length} bytes has no room in the segments of its fetch.");
                }

                reader.ReadBytes(room);
            }

            isWhole = reader.Position == end;
            return isWhole ? true : throw new InvalidDataException("A batch has bytes behind its last block.");
        }
        finally
        {
            window.End(isWhole);
        }
    }

    /// <summary>A block that is held while it is written, and the span of its buffer.</summary>
    private readonly record struct Outgoing(Block Block, ActivityContext Trace)
    {
        public bool IsTraced => Trace != default;
    }
}
