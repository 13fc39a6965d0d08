using System.Buffers.Binary;
using Sluice.Exchange;
using Sluice.Grains;
using Sluice.Sorting;

namespace Sluice.Cluster.Tests;

/// <summary>
/// The codec with Orleans's own serializer around it; whatever is wrong with a batch, no segment is lost.
/// </summary>
public sealed class BufferBatchCodecTests
{
    // Places in a batch, counted from its fetch id, which can be found in a message.
    private const int VersionAt = 16;
    private const int SourceLengthAt = 27;
    private const int SourceAt = 29;

    private static readonly byte[][] Two = [[1, 2, 3, 4, 5], [.. Enumerable.Range(0, 60).Select(i => (byte)i)]];

    [Fact]
    public void A_batch_arrives_in_the_segments_of_its_fetch_split_at_every_position()
    {
        using BatchWire wire = new();
        int length = wire.Write(wire.Batch(Guid.NewGuid(), Two)).Length;
        wire.ReleaseSent();

        for (int position = 1; position < length; position++)
        {
            AssertArrives(wire, message => wire.Read(Pieces.SplitAt(message, position)));
        }

        AssertArrives(wire, message => wire.Read(Pieces.Single(message)));
    }

    [Fact]
    public void Batches_without_blocks_and_with_empty_blocks_arrive()
    {
        using BatchWire wire = new();
        using CreditReservation credits = wire.Reserve(2);
        using ReceiveWindow window = wire.Windows.Open(credits);

        BufferBatch none = wire.Read(wire.Write(wire.Batch(window.Fetch)));
        BufferBatch empty = wire.Read(wire.Write(wire.Batch(window.Fetch, [], [9])));

        Assert.False(none.IsRevoked || empty.IsRevoked);
        Assert.Equal([[], [9]], Bytes(window.Take()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_batch_whose_fetch_is_not_open_is_skipped(bool wasOpen)
    {
        using BatchWire wire = new();
        Guid fetch = Guid.NewGuid();
        if (wasOpen)
        {
            using CreditReservation credits = wire.Reserve(2);
            using ReceiveWindow window = wire.Windows.Open(credits);
            fetch = window.Fetch;
        }

        byte[] message = wire.Write(wire.Batch(fetch, Two));
        for (int position = 1; position < message.Length; position++)
        {
            BufferBatch read = wire.Read(Pieces.SplitAt(message, position));

            Assert.Equal((fetch, true, 0), (read.Fetch, read.IsRevoked, wire.Receiver.Lent));
        }
    }

    [Fact]
    public void More_blocks_than_credits_are_an_error()
    {
        using BatchWire wire = new();
        using CreditReservation credits = wire.Reserve(1);
        using ReceiveWindow window = wire.Windows.Open(credits);

        AssertBroken(wire, window, credits, wire.Write(wire.Batch(window.Fetch, Two)), "no room");
    }

    [Fact]
    public void A_block_longer_than_a_segment_is_an_error()
    {
        using BatchWire wire = new(receivingSegmentSize: 32);
        using CreditReservation credits = wire.Reserve(2);
        using ReceiveWindow window = wire.Windows.Open(credits);

        AssertBroken(wire, window, credits, wire.Write(wire.Batch(window.Fetch, Two)), "no room");
    }

    [Theory]
    [InlineData(5 + 4 + 60 + 1)]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void A_block_longer_than_the_rest_of_its_batch_is_an_error(int length)
    {
        using BatchWire wire = new();
        using CreditReservation credits = wire.Reserve(2);
        using ReceiveWindow window = wire.Windows.Open(credits);
        byte[] message = wire.Write(wire.Batch(window.Fetch, Two));
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(BlocksAt(message, window.Fetch) + 2), length);

        AssertBroken(wire, window, credits, message, "longer than the rest");
    }

    [Theory]
    [InlineData(1, "bytes behind")]
    [InlineData(3, "inside of a block's length")]
    [InlineData(1025, "1025 blocks")]
    public void A_wrong_count_of_blocks_is_an_error(int count, string what)
    {
        using BatchWire wire = new();
        using CreditReservation credits = wire.Reserve(3);
        using ReceiveWindow window = wire.Windows.Open(credits);
        byte[] message = wire.Write(wire.Batch(window.Fetch, Two));
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(BlocksAt(message, window.Fetch)), (ushort)count);

        AssertBroken(wire, window, credits, message, what);
    }

    [Fact]
    public void A_version_that_is_not_known_is_an_error()
    {
        using BatchWire wire = new();
        using CreditReservation credits = wire.Reserve(2);
        using ReceiveWindow window = wire.Windows.Open(credits);
        byte[] message = wire.Write(wire.Batch(window.Fetch, Two));
        message[PlaceOf(message, window.Fetch) + VersionAt] = 2;

        AssertBroken(wire, window, credits, message, "version 2");
    }

    [Fact]
    public void A_source_longer_than_its_batch_is_an_error()
    {
        using BatchWire wire = new();
        using CreditReservation credits = wire.Reserve(2);
        using ReceiveWindow window = wire.Windows.Open(credits);
        byte[] message = wire.Write(wire.Batch(window.Fetch, Two));
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(PlaceOf(message, window.Fetch) + SourceLengthAt), 200);

        AssertBroken(wire, window, credits, message, "source");
    }

    [Fact]
    public void A_message_that_is_cut_anywhere_is_an_error()
    {
        using BatchWire wire = new();
        using CreditReservation credits = wire.Reserve(2);
        using (ReceiveWindow window = wire.Windows.Open(credits))
        {
            byte[] message = wire.Write(wire.Batch(window.Fetch, Two));

            for (int length = 0; length < message.Length; length++)
            {
                Assert.ThrowsAny<Exception>(() => wire.Read(message[..length]));

                // All or nothing: a batch that is whole waits in its window, although the message is not.
                Assert.True(
                    credits.Count is 0 or 2, $"{credits.Count} credits are left when {length} bytes have come.");
            }
        }

        Assert.Equal(2, credits.Count);
    }

    [Theory]
    [Seeded(1)]
    [Seeded(2)]
    public void Whatever_is_wrong_in_a_batch_no_segment_is_lost(int seed)
    {
        using BatchWire wire = new();
        Random random = new(seed);
        int read = 0;
        for (int round = 0; round < 2000; round++)
        {
            using CreditReservation credits = wire.Reserve(3);
            using ReceiveWindow window = wire.Windows.Open(credits);
            byte[] message = wire.Write(wire.Batch(window.Fetch, Two));
            wire.ReleaseSent();
            int start = PlaceOf(message, window.Fetch);
            for (int wrong = random.Next(1, 4); wrong > 0; wrong--)
            {
                message[random.Next(start - 8, message.Length)] ^= (byte)(1 << random.Next(8));
            }

            try
            {
                wire.Read(message);
                read++;
            }
#pragma warning disable CA1031 // Orleans has its own ways to say that a message is damaged.
            catch (Exception)
#pragma warning restore CA1031
            {
                // That is what must happen where it is noticed.
            }

            Assert.Equal(3, credits.Count + Bytes(window.Take()).Count);
        }

        Assert.InRange(read, 1, 1999);
    }

    [Fact]
    public void Blocks_given_back_before_they_are_written_make_the_batch_a_revoked_one()
    {
        using BatchWire wire = new();
        using CreditReservation credits = wire.Reserve(2);
        using ReceiveWindow window = wire.Windows.Open(credits);
        int written = 0;
        BufferBatch made = wire.Batch(window.Fetch, Two);
        BufferBatch batch = new() { Fetch = made.Fetch, Blocks = made.Blocks, Written = () => written++ };
        Block kept = batch.Blocks[0];
        using (new Held(kept))
        {
            wire.ReleaseSent();
            BufferBatch read = wire.Read(wire.Write(batch));

            Assert.True(read.IsRevoked);
        }

        Assert.Equal((1, 0, 2), (written, wire.Sender.Lent, credits.Count));
        Assert.Empty(window.Take());
    }

    [Fact]
    public void Writing_leaves_the_senders_references_as_they_were()
    {
        using BatchWire wire = new();
        BufferBatch batch = wire.Batch(Guid.NewGuid(), Two);

        byte[] once = wire.Write(batch);
        byte[] again = wire.Write(batch);

        Assert.Equal(once, again);
        Assert.Equal(2, wire.Sender.Lent);
    }

    private static void AssertArrives(BatchWire wire, Func<byte[], BufferBatch> read)
    {
        using CreditReservation credits = wire.Reserve(3);
        using ReceiveWindow window = wire.Windows.Open(credits);
        byte[] message = wire.Write(wire.Batch(window.Fetch, Two));
        wire.ReleaseSent();

        BufferBatch batch = read(message);
        IReadOnlyList<Block> taken = window.Take();

        Assert.Equal(
            (window.Fetch, FetchStatus.EndOfPartition, 7, 11, "Läufe", false),
            (batch.Fetch, batch.Status, batch.FirstSequence, batch.Backlog, batch.Source, batch.IsRevoked));
        Assert.Equal(1, credits.Count);
        Assert.Equal(Two, Bytes(taken));
    }

    private static void AssertBroken(
        BatchWire wire, ReceiveWindow window, CreditReservation credits, byte[] message, string what)
    {
        int reserved = credits.Count;

        Exception thrown = Assert.ThrowsAny<Exception>(() => wire.Read(message));

        Assert.Contains(what, thrown.ToString(), StringComparison.Ordinal);
        Assert.Equal(reserved, credits.Count);
        Assert.Empty(window.Take());
    }

    private static int PlaceOf(byte[] message, Guid fetch) => message.AsSpan().IndexOf(fetch.ToByteArray());

    private static int BlocksAt(byte[] message, Guid fetch)
    {
        int place = PlaceOf(message, fetch);
        return place + SourceAt + BinaryPrimitives.ReadUInt16LittleEndian(message.AsSpan(place + SourceLengthAt));
    }

    private static List<byte[]> Bytes(IReadOnlyList<Block> blocks)
    {
        List<byte[]> bytes = [.. blocks.Select(block => block.Bytes.ToArray())];
        foreach (Block block in blocks)
        {
            block.Release();
        }

        return bytes;
    }

    private sealed class Held(Block block) : IDisposable
    {
        private readonly Block _block = block with { Buffer = block.Buffer.Retain() };

        public void Dispose() => _block.Release();
    }
}
