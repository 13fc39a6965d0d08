using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Services;
using Sluice.Buffers;
using Sluice.Engine;
using Sluice.Exchange;
using Sluice.Observability;
using Sluice.Sorting;

namespace Sluice.Grains;

/// <summary>Reaches the pool service of any silo.</summary>
internal sealed class NetworkBufferPoolClient(IServiceProvider services)
    : GrainServiceClient<INetworkBufferPoolService>(services), INetworkBufferPoolClient
{
    public INetworkBufferPoolService On(SiloAddress silo) => GetGrainService(silo);

    public INetworkBufferPoolService On(string silo) => GetGrainService(SiloAddress.FromParsableString(silo));
}

/// <summary>Reaches the pool service of any silo.</summary>
internal interface INetworkBufferPoolClient : Orleans.Services.IGrainServiceClient<INetworkBufferPoolService>
{
    INetworkBufferPoolService On(SiloAddress silo);

    /// <param name="silo">An address with its generation, as workers are called.</param>
    INetworkBufferPoolService On(string silo);
}

/// <summary>Makes the transport of a silo over its outputs.</summary>
/// <remarks>The services are asked late: the transport is made before the silo can call others.</remarks>
internal sealed class GrainTransportFactory(
    IServiceProvider services, ReceiveWindows windows, ExchangeTraffic traffic, TimeProvider time)
{
    /// <param name="here">The silo's address with its generation.</param>
    /// <param name="name">The silo's name.</param>
    /// <param name="outputs">Its outputs.</param>
    /// <param name="observed">Counts its fetches for measurements.</param>
    public IExchangeTransport Make(
        string here, string name, ResultPartitionStore outputs, ObservedEngine observed) => new GrainTransport(
        here,
        name,
        new InProcessTransport(outputs),
        windows,
        observed,
        traffic,
        new Lazy<INetworkBufferPoolClient>(services.GetRequiredService<INetworkBufferPoolClient>),
        new Lazy<ISiloStatusOracle>(services.GetRequiredService<ISiloStatusOracle>),
        time);
}

/// <summary>
/// Carries fetches to the silo that holds an output; within a silo blocks are handed over, not copied.
/// </summary>
/// <remarks>
/// A fetch whose answer is lost is sent again for the same sequence, until membership has declared the other silo
/// dead or patience ends. Answers land in segments that were reserved before; one that comes too late finds no window.
/// What may come from one silo at once is bounded, with all tasks here together: its connection has no other brake.
/// </remarks>
internal sealed class GrainTransport(
    string here,
    string name,
    InProcessTransport local,
    ReceiveWindows windows,
    ObservedEngine observed,
    ExchangeTraffic traffic,
    Lazy<INetworkBufferPoolClient> silos,
    Lazy<ISiloStatusOracle> membership,
    TimeProvider time) : IExchangeTransport
{
    // Some ten milliseconds of a quick connection; enough for one of the largest fetches of each of sixteen channels.
    public const long MostInFlight = 8 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<string, InFlightLimit> _peers = new(StringComparer.Ordinal);

    public ValueTask<FetchReply> FetchAsync(FetchRequest request, CancellationToken cancellationToken) =>
        request.Where == here
            ? local.FetchAsync(request, cancellationToken)
            : new ValueTask<FetchReply>(FetchFromAsync(request, cancellationToken));

    public WaitKind? WaitOf(ChannelId channel, string where) =>
        where == here ? local.WaitOf(channel, where) : WaitKind.Fetch;

    public void Close(ChannelId channel, string where)
    {
        if (where == here)
        {
            local.Close(channel, where);
        }
        else if (!membership.Value.IsDead(where))
        {
            // What is lost of this the other silo finds out by itself: a channel that nobody asks for is forgotten.
            silos.Value.On(where)
                .CloseAsync(
                    WireAttempt.Of(channel.Output),
                    channel.Run,
                    channel.Subpartition,
                    channel.Reader.Stage,
                    channel.Reader.Attempt)
                .Ignore();
        }
    }

    private async Task<FetchReply> FetchFromAsync(FetchRequest request, CancellationToken cancellation)
    {
        int credits = request.Credits.Count;
        PeerTraffic peer = observed.PeerOf(request.Where, membership.Value.NameOf);
        long since = Stopwatch.GetTimestamp();
        long heard = time.GetTimestamp();
        for (int tries = 1; ; tries++)
        {
            cancellation.ThrowIfCancellationRequested();
            long room = (long)request.Credits.Count * observed.Pool.SegmentSize;
            long received = 0;
            using ReceiveWindow window = windows.Open(request.Credits, peer.Peer);
            long began = peer.Begin(room);
            try
            {
                BufferBatch batch = await CallAsync(request, window, cancellation).ConfigureAwait(false);
                if (!batch.IsRevoked)
                {
                    IReadOnlyList<Block> blocks = window.Take();
                    received = blocks.Sum(block => (long)block.Length);
                    traffic.Received(received);
                    FetchReply reply = new(batch.Status, batch.FirstSequence, blocks, batch.Backlog, batch.Source);
                    Trace(peer.Peer, credits, reply, tries, since);
                    return reply;
                }

                // It has no room now, or what it sent was given back: it is there, and patience is with the silent.
                heard = time.GetTimestamp();
            }
            catch (InvalidDataException exception)
            {
                return new FetchReply(FetchStatus.Failed, request.FromSequence, [], 0, exception.Message);
            }
            catch (Exception exception) when (exception is TimeoutException or OrleansException)
            {
                if (membership.Value.IsDead(request.Where) || time.GetElapsedTime(heard) > Patience)
                {
                    FetchReply lost = new(
                        FetchStatus.NotFound,
                        request.FromSequence,
                        [],
                        0,
                        $"silo {request.Where} does not answer: {exception.Message}");
                    Trace(peer.Peer, credits, lost, tries, since);
                    return lost;
                }
            }
            finally
            {
                peer.End(observed.Silo, began, room, received);
            }

            await Task.Delay(Pause, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<BufferBatch> CallAsync(
        FetchRequest request, ReceiveWindow window, CancellationToken cancellation)
    {
        BufferFetch fetch = FetchOf(request, window);
        if (fetch.Credits == 0)
        {
            return await silos.Value.On(request.Where).FetchAsync(fetch).WaitAsync(cancellation).ConfigureAwait(false);
        }

        InFlightLimit peer = _peers.GetOrAdd(request.Where, static _ => new InFlightLimit(MostInFlight));
        InFlightLimit.Lease lease = await peer.EnterAsync(request.Credits.Bytes, cancellation).ConfigureAwait(false);
        Task<BufferBatch> call;
        try
        {
            call = silos.Value.On(request.Where).FetchAsync(fetch);
        }
        catch
        {
            lease.Dispose();
            throw;
        }

        // Also when nobody waits for it any more, its answer is on its way until the call ends.
        call.ContinueWith(
            static (_, entered) => ((InFlightLimit.Lease)entered!).Dispose(),
            lease,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default).Ignore();
        return await call.WaitAsync(cancellation).ConfigureAwait(false);
    }

    private static void Trace(string peer, int credits, FetchReply reply, int tries, long since)
    {
        using Activity? span = TaskSpans.BeginPast(SpanNames.Fetch, ActivityKind.Client, since);
        if (span is not null)
        {
            span.SetTag(AttributeNames.PeerSilo, peer)
                .SetTag(AttributeNames.Credits, credits)
                .SetTag(AttributeNames.Blocks, reply.Blocks.Count)
                .SetTag(AttributeNames.Bytes, reply.Blocks.Sum(block => block.Length))
                .SetTag(AttributeNames.Backlog, reply.Backlog)
                .SetTag(AttributeNames.Tries, tries);
            if (reply.Status is FetchStatus.NotFound or FetchStatus.Failed or FetchStatus.Unserved)
            {
                Spans.Fail(span, reply.Status.ToString(), reply.Source);
            }
        }
    }

    private BufferFetch FetchOf(FetchRequest request, ReceiveWindow window) => new()
    {
        Fetch = window.Fetch,
        Output = WireAttempt.Of(request.Channel.Output),
        Run = request.Channel.Run,
        Subpartition = request.Channel.Subpartition,
        FromSequence = request.FromSequence,
        Credits = request.Credits.Count,
        ReaderStage = request.Channel.Reader.Stage,
        ReaderAttempt = request.Channel.Reader.Attempt,
        Silo = name,
    };
}
