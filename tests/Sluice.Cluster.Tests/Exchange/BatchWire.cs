using System.Buffers;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Sluice.Buffers;
using Sluice.Exchange;
using Sluice.Grains;
using Sluice.Sorting;

namespace Sluice.Cluster.Tests;

/// <summary>A sender's and a receiver's pool with the serializer of Orleans between them, and no network.</summary>
/// <remarks>At its end nothing may be lent: neither what was sent nor what was received.</remarks>
internal sealed class BatchWire : IDisposable
{
    public const int SegmentSize = 64;

    private readonly ServiceProvider _services;
    private readonly Serializer _serializer;
    private readonly List<Block> _sent = [];

    public BatchWire(
        int receivingSegmentSize = SegmentSize, IBufferLifecycle? sending = null, IBufferLifecycle? receiving = null)
    {
        Sender = new TestPool(8, SegmentSize, sending);
        Receiver = new TestPool(8, receivingSegmentSize, receiving);
        _services = new ServiceCollection().AddSingleton(Windows).AddSerializer().BuildServiceProvider();
        _serializer = _services.GetRequiredService<Serializer>();
    }

    /// <summary>The silo that batches go to; empty is one that knows of no traces.</summary>
    public string To { get; init; } = "";

    public TestPool Sender { get; }

    public TestPool Receiver { get; }

    public ReceiveWindows Windows { get; } = new();

    /// <summary>
    /// What a producer sends: blocks of these bytes, which lie behind a few others in their segments.
    /// </summary>
    public BufferBatch Batch(Guid fetch, params byte[][] blocks)
    {
        Block[] made = [.. blocks.Select(bytes => Block(bytes, offset: 3))];
        _sent.AddRange(made);
        return new BufferBatch
        {
            Fetch = fetch,
            Status = FetchStatus.EndOfPartition,
            FirstSequence = 7,
            Backlog = 11,
            Source = "Läufe",
            Blocks = made,
            To = To,
        };
    }

    /// <summary>The batch as it lies in a message, with a field before and one behind it.</summary>
    public byte[] Write(BufferBatch batch) => _serializer.SerializeToArray<object[]>(["before", batch, "behind"]);

    /// <summary>Reads such a message; the field behind the batch must be found.</summary>
    public BufferBatch Read(ReadOnlySequence<byte> message)
    {
        object[] fields = _serializer.Deserialize<object[]>(message);
        Assert.Equal(("before", "behind"), ((string)fields[0], (string)fields[2]));
        return (BufferBatch)fields[1];
    }

    public BufferBatch Read(byte[] message) => Read(new ReadOnlySequence<byte>(message));

    public CreditReservation Reserve(int credits) =>
        CreditReservation.From(Receiver.Task, credits, CancellationToken.None);

    /// <summary>Gives back what was sent.</summary>
    public void ReleaseSent()
    {
        _sent.ForEach(block => block.Release());
        _sent.Clear();
    }

    public void Dispose()
    {
        ReleaseSent();
        Assert.Equal(0, Windows.Count);
        _services.Dispose();
        Sender.Dispose();
        Receiver.Dispose();
    }

    private Block Block(byte[] bytes, int offset)
    {
        Assert.True(Sender.Task.TryRequest(out NetworkBuffer buffer));
        bytes.CopyTo(buffer.Span[offset..]);
        buffer.SetLength(offset + bytes.Length);
        return new Block(buffer, offset, bytes.Length);
    }
}

/// <summary>Messages in pieces, as sockets deliver them.</summary>
internal static class Pieces
{
    /// <summary>The bytes in two pieces.</summary>
    public static ReadOnlySequence<byte> SplitAt(byte[] bytes, int position) =>
        Of(bytes[..position], bytes[position..]);

    /// <summary>The bytes one by one.</summary>
    public static ReadOnlySequence<byte> Single(byte[] bytes) => Of([.. bytes.Select(one => new[] { one })]);

    private static ReadOnlySequence<byte> Of(params byte[][] pieces)
    {
        Piece first = new(pieces[0], 0);
        Piece last = pieces[1..].Aggregate(first, (before, bytes) => before.Append(bytes));
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(byte[] bytes, long start)
        {
            Memory = bytes;
            RunningIndex = start;
        }

        public Piece Append(byte[] bytes)
        {
            Piece next = new(bytes, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
