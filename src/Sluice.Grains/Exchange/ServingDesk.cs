using System.Collections.Concurrent;
using Sluice.Buffers;
using Sluice.Exchange;
using Sluice.Sorting;

namespace Sluice.Grains;

/// <summary>
/// Serves other silos' fetches from the outputs of this one, and keeps what is sent until it is written.
/// </summary>
/// <remarks>
/// Serialization runs after the call has returned, so blocks are given back when they have been written, when the
/// channel is fetched from again or closed, or when an answer was dropped and nobody has asked for a while; never
/// because a call ended. A consumer reads many channels and holds none of the segments here. A fetch that is sent again
/// reads the same blocks again: the output itself stays until it is discarded. Threading: any thread.
/// </remarks>
internal sealed class ServingDesk : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan Forgotten = TimeSpan.FromSeconds(10);

    private readonly InProcessTransport _outputs;
    private readonly IBufferPool _room;
    private readonly TimeProvider _time;
    private readonly ExchangeTraffic _traffic;
    private readonly Func<Guid, IBufferLifecycle?> _lives;
    private readonly ConcurrentDictionary<ChannelId, Sent> _sent = new();
    private readonly ITimer _sweep;
    private volatile bool _isClosed;

    /// <param name="outputs">The silo's outputs.</param>
    /// <param name="room">Lends segments for blocks that are read from files.</param>
    /// <param name="time">For what nobody asks for any more.</param>
    /// <param name="traffic">Counts what is sent.</param>
    /// <param name="lives">Who watches the lives of a job's buffers; the segments lent here are no job's own.</param>
    public ServingDesk(
        ResultPartitionStore outputs,
        IBufferPool room,
        TimeProvider time,
        ExchangeTraffic traffic,
        Func<Guid, IBufferLifecycle?>? lives = null)
    {
        _traffic = traffic;
        _lives = lives ?? (_ => null);
        _outputs = new InProcessTransport(outputs);
        _room = room;
        _time = time;
        _sweep = time.CreateTimer(_ => Sweep(), null, Forgotten, Forgotten / 2);
    }

    /// <summary>Blocks that wait to be written.</summary>
    public int Kept => _sent.Values.Sum(sent => sent.Blocks.Count);

    // Before the engine it serves from, which is subscribed below it: nothing is lent when that ends.
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(ServingDesk),
        ServiceLifecycleStage.ApplicationServices + 1,
        _ => Task.CompletedTask,
        _ => Task.Run(Dispose, CancellationToken.None));

    /// <summary>Serves one fetch.</summary>
    /// <exception cref="OperationCanceledException">No room came free in time.</exception>
    /// <exception cref="ServingException">There is no room, and none could be made.</exception>
    public async Task<BufferBatch> ServeAsync(BufferFetch fetch, CancellationToken cancellation)
    {
        ChannelId channel = fetch.Channel;
        Release(channel);
        using CreditReservation credits = fetch.Credits <= 0
            ? CreditReservation.None()
            : await ReserveAsync(Math.Min(fetch.Credits, BufferBatchCodec.MostBlocks), cancellation);
        FetchRequest request = new(channel, "", fetch.FromSequence, credits)
        {
            IsAhead = _outputs.WaitOf(channel, "") is not null,
        };
        FetchReply reply = await _outputs.FetchAsync(request, cancellation);
        if (_lives(channel.Output.Job) is IBufferLifecycle watcher)
        {
            Watch(reply.Blocks, watcher);
        }

        Sent? sent = reply.Blocks.Count > 0 ? Keep(channel, reply.Blocks) : null;
        if (_isClosed)
        {
            // Its outputs go now, and with them the silo: who asks again finds that out from membership.
            Release(channel);
            return new BufferBatch { Fetch = fetch.Fetch, IsRevoked = true };
        }

        _traffic.Sent(reply.Blocks.Sum(block => (long)block.Length));
        return new BufferBatch
        {
            Fetch = fetch.Fetch,
            Status = reply.Status,
            FirstSequence = reply.FirstSequence,
            Backlog = reply.Backlog,
            Source = reply.Source,
            Blocks = reply.Blocks,
            To = fetch.Silo,
            Written = sent is null ? null : () => Release(channel, sent),
        };
    }

    /// <summary>The consumer is done with a channel.</summary>
    public void Close(ChannelId channel)
    {
        Release(channel);
        _outputs.Close(channel, "");
    }

    /// <summary>Gives back all that was sent of a job.</summary>
    public void CloseJob(Guid job)
    {
        foreach (ChannelId channel in _sent.Keys.Where(channel => channel.Output.Job == job))
        {
            Release(channel);
        }
    }

    public void Dispose()
    {
        _isClosed = true;
        _sweep.Dispose();
        foreach (ChannelId channel in _sent.Keys)
        {
            Release(channel);
        }
    }

    private async Task<CreditReservation> ReserveAsync(int wanted, CancellationToken cancellation)
    {
        NetworkBuffer first;
        try
        {
            first = await _room.RequestAsync(cancellation);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Of another output, which was to be written to a file: this one can be read as before.
            throw new ServingException(exception);
        }

        return CreditReservation.From(first, _room, wanted);
    }

    // What lies in memory is in its producer's segment, which is watched from there. What was read from a file just now
    // nobody else holds yet.
    private void Watch(IReadOnlyList<Block> blocks, IBufferLifecycle watcher)
    {
        foreach (Block block in blocks)
        {
            if (block.Buffer.Owner == _room.Owner)
            {
                block.Buffer.Watch(watcher);
            }
        }
    }

    private Sent Keep(ChannelId channel, IReadOnlyList<Block> blocks)
    {
        Sent sent = new(blocks, _time.GetTimestamp());
        _sent.AddOrUpdate(channel, sent, (_, earlier) =>
        {
            earlier.Release();
            return sent;
        });
        return sent;
    }

    private void Release(ChannelId channel, Sent sent)
    {
        _sent.TryRemove(KeyValuePair.Create(channel, sent));
        sent.Release();
    }

    private void Release(ChannelId channel)
    {
        if (_sent.TryRemove(channel, out Sent? sent))
        {
            sent.Release();
        }
    }

    private void Sweep()
    {
        foreach ((ChannelId channel, Sent sent) in _sent)
        {
            if (_time.GetElapsedTime(sent.At) > Forgotten && _sent.TryRemove(KeyValuePair.Create(channel, sent)))
            {
                sent.Release();
            }
        }
    }

    private sealed class Sent(IReadOnlyList<Block> blocks, long at)
    {
        private int _released;

        public IReadOnlyList<Block> Blocks => blocks;

        public long At => at;

        public void Release()
        {
            if (Interlocked.Exchange(ref _released, 1) == 0)
            {
                foreach (Block block in blocks)
                {
                    block.Release();
                }
            }
        }
    }
}

/// <summary>A silo cannot make room to serve from; the outputs that it holds are as they were.</summary>
internal sealed class ServingException(Exception cause)
    : Exception($"there is no memory to serve it with, and none could be made: {cause.Message}", cause);
