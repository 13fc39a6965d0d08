using System.Diagnostics;
using Sluice.Engine;
using Sluice.Exchange;
using Sluice.Grains;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Cluster.Tests;

/// <summary>The trace context of a watched buffer travels in front of its block, and of no other.</summary>
public sealed class TracedBatchTests : IDisposable
{
    private const int TraceLength = 24;
    private const int TracedBit = 0x40;
    private static readonly byte[][] Two = [[1, 2, 3, 4, 5], [.. Enumerable.Range(0, 60).Select(i => (byte)i)]];

    private readonly List<BufferTrace> _sent = [];
    private readonly List<BufferTrace> _received = [];
    private readonly BufferLifeTracer _sending;
    private readonly BufferLifeTracer _receiving;

    public TracedBatchTests()
    {
        _sending = TracerOf(_sent, oneIn: 1);

        // By its own sampling it watches nothing.
        _receiving = TracerOf(_received, oneIn: int.MaxValue);
    }

    public void Dispose()
    {
        _sending.Dispose();
        _receiving.Dispose();
        Assert.All([.. _sent, .. _received], life => Assert.Null(life.Error));
    }

    [Fact]
    public void A_received_life_is_linked_to_the_sent_one_split_at_every_position()
    {
        using BatchWire wire = Wire();
        int length = wire.Write(wire.Batch(Guid.NewGuid(), Two)).Length;
        wire.ReleaseSent();
        _sent.Clear();
        for (int position = 1; position < length; position++)
        {
            AssertLinked(wire, message => wire.Read(Pieces.SplitAt(message, position)));
        }

        AssertLinked(wire, message => wire.Read(Pieces.Single(message)));
    }

    [Fact]
    public void The_steps_of_both_lives_name_the_silo_at_the_other_end()
    {
        using BatchWire wire = Wire();
        AssertLinked(wire, wire.Read);

        Assert.All(_sent, life => Assert.Equal(
            ["requested", "retained", "sent", "released", "released", "recycled"],
            life.Steps.Select(step => step.Kind)));
        Assert.All(_sent, life => Assert.Equal("consumer", life.Steps.Single(step => step.Kind == "sent").Peer));
        Assert.All(_received, life => Assert.Equal(
            ["requested", "received", "released", "recycled"], life.Steps.Select(step => step.Kind)));
        Assert.All(_received, life => Assert.Equal("producer", life.Steps[1].Peer));
    }

    [Fact]
    public void Blocks_of_lives_that_nobody_watches_take_no_room_for_traces()
    {
        using BatchWire traced = Wire();
        using BatchWire plain = new(receiving: _receiving) { To = "consumer" };
        Guid fetch = Guid.NewGuid();

        int length = plain.Write(plain.Batch(fetch, [1], [2])).Length;

        Assert.Equal(length + (2 * TraceLength), traced.Write(traced.Batch(fetch, [1], [2])).Length);
    }

    [Fact]
    public void A_consumer_that_does_not_know_of_traces_gets_none()
    {
        using BatchWire wire = new(sending: _sending, receiving: _receiving);
        using CreditReservation credits = wire.Reserve(2);
        using ReceiveWindow window = wire.Windows.Open(credits, "producer");

        wire.Read(wire.Write(wire.Batch(window.Fetch, Two)));
        Release(window.Take());

        Assert.Empty(_received);
    }

    [Fact]
    public void A_traced_batch_that_is_cut_anywhere_or_has_no_room_for_the_trace_is_an_error()
    {
        using BatchWire wire = Wire();
        using CreditReservation credits = wire.Reserve(2);
        using ReceiveWindow window = wire.Windows.Open(credits, "producer");
        byte[] message = wire.Write(wire.Batch(window.Fetch, [[7]]));
        for (int length = 0; length < message.Length; length++)
        {
            Assert.ThrowsAny<Exception>(() => wire.Read(message[..length]));
        }

        using BatchWire plain = new() { To = "consumer" };
        byte[] untraced = plain.Write(plain.Batch(window.Fetch, [[7]]));
        int lengthAt = untraced.AsSpan().IndexOf("Läufe"u8) + "Läufe"u8.Length + 2;
        untraced[lengthAt + 3] |= TracedBit;

        Exception thrown = Assert.ThrowsAny<Exception>(() => wire.Read(untraced));
        Assert.Contains("longer than the rest", thrown.ToString(), StringComparison.Ordinal);
        Release(window.Take());
    }

    [Fact]
    public void What_an_answer_has_filled_that_gave_way_to_its_repetition_is_linked_once()
    {
        using BatchWire wire = Wire();
        using CreditReservation credits = wire.Reserve(1);
        using (ReceiveWindow window = wire.Windows.Open(credits, "producer"))
        {
            byte[] message = wire.Write(wire.Batch(window.Fetch, [[7]]));
            wire.Read(message);
            wire.Read(message);
            Release(window.Take());
        }

        BufferTrace life = Assert.Single(_received);
        Assert.Single(life.Links);
        Assert.Equal(
            ["requested", "received", "received", "released", "recycled"], life.Steps.Select(step => step.Kind));
    }

    private BatchWire Wire() => new(sending: _sending, receiving: _receiving) { To = "consumer" };

    private void AssertLinked(BatchWire wire, Func<byte[], BufferBatch> read)
    {
        _sent.Clear();
        _received.Clear();
        using CreditReservation credits = wire.Reserve(3);
        using ReceiveWindow window = wire.Windows.Open(credits, "producer");
        BufferBatch made = wire.Batch(window.Fetch, Two);
        ActivityContext[] spans = [.. made.Blocks.Select(block => block.Buffer.Trace)];
        byte[] message = wire.Write(made);
        wire.ReleaseSent();

        read(message);
        IReadOnlyList<Block> taken = window.Take();
        Assert.Equal(Two, taken.Select(block => block.Bytes.ToArray()));
        Release(taken);

        Assert.Equal(
            spans.Select(span => span.SpanId.ToHexString()), _received.Select(life => Assert.Single(life.Links)));
        Assert.Equal(_sent.Select(life => life.SpanId), _received.Select(life => life.Links[0]));
    }

    private static BufferLifeTracer TracerOf(List<BufferTrace> lives, int oneIn) => BufferLifeTracer.Create(
        new BufferLifeTracerOptions { SampleOneIn = oneIn, Ended = lives.Add })!;

    private static void Release(IReadOnlyList<Block> blocks)
    {
        foreach (Block block in blocks)
        {
            block.Release();
        }
    }
}
