using System.Reflection;
using Sluice.Engine;
using Sluice.Exchange;
using Sluice.Grains;

namespace Sluice.Cluster.Tests;

/// <summary>The consumer's side of fetches between silos, with another silo that answers when it is told to.</summary>
public sealed class GrainTransportTests
{
    private const int SegmentSize = 1 << 20;
    private const string Here = "127.0.0.1:21301@1";
    private const string There = "127.0.0.1:21302@1";
    private const string Elsewhere = "127.0.0.1:21303@1";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task No_more_is_asked_of_one_silo_than_may_be_under_way_and_others_are_not_kept_waiting()
    {
        const int Credits = 3;
        using TestPool pool = new(40, SegmentSize);
        SilentSilos silos = new();
        using ObservedEngine observed = ObservedEngine.OfSilo(Here, pool.Whole, () => 1, () => 0, () => 0, () => null);
        GrainTransport transport = TransportTo(silos, observed);
        int atOnce = (int)(GrainTransport.MostInFlight / (Credits * SegmentSize));

        CreditReservation[] credits =
        [
            .. Enumerable.Range(0, 6).Select(_ => CreditReservation.From(pool.Task, Credits, CancellationToken.None)),
        ];
        Task<FetchReply>[] fetches =
        [
            .. credits.Take(5).Select((reserved, run) => Fetch(transport, There, run, reserved)),
            Fetch(transport, Elsewhere, 0, credits[5]),
        ];
        int before = silos.Asked(There);
        silos.AnswerOne(There);
        await silos.AskedAsync(There, atOnce + 1).WaitAsync(Deadline);

        Assert.Equal((atOnce, 1), (before, silos.Asked(Elsewhere)));
        while (fetches.Any(fetch => !fetch.IsCompleted))
        {
            silos.AnswerOne(There);
            silos.AnswerOne(Elsewhere);
            await Task.WhenAny(Task.WhenAll(fetches), Task.Delay(1)).WaitAsync(Deadline);
        }

        Assert.Equal(5, silos.Asked(There));
        Array.ForEach(credits, reserved => reserved.Dispose());
    }

    [Fact]
    public async Task A_fetch_that_was_given_up_counts_as_under_way_until_it_is_answered()
    {
        using TestPool pool = new(40, SegmentSize);
        SilentSilos silos = new();
        using ObservedEngine observed = ObservedEngine.OfSilo(Here, pool.Whole, () => 1, () => 0, () => 0, () => null);
        GrainTransport transport = TransportTo(silos, observed);
        using CreditReservation first = CreditReservation.From(pool.Task, 8, CancellationToken.None);
        using CreditReservation second = CreditReservation.From(pool.Task, 8, CancellationToken.None);
        using CancellationTokenSource cancel = new();
        Task<FetchReply> givenUp = Fetch(transport, There, 0, first, cancel.Token);
        Task<FetchReply> next = Fetch(transport, There, 1, second);

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givenUp);
        int asked = silos.Asked(There);
        silos.AnswerOne(There);
        await silos.AskedAsync(There, 2).WaitAsync(Deadline);
        silos.AnswerOne(There);

        Assert.Equal(1, asked);
        Assert.Equal(FetchStatus.EndOfPartition, (await next.WaitAsync(Deadline)).Status);
    }

    [Fact]
    public async Task A_silo_that_answers_is_not_given_up_however_long_it_has_no_room()
    {
        using TestPool pool = new(4, SegmentSize);
        SilentSilos silos = new();
        SweepTime time = new();
        using ObservedEngine observed = ObservedEngine.OfSilo(Here, pool.Whole, () => 1, () => 0, () => 0, () => null);
        GrainTransport transport = TransportTo<Alive>(silos, observed, time);
        using CreditReservation credits = CreditReservation.From(pool.Task, 1, CancellationToken.None);
        Task<FetchReply> fetch = Fetch(transport, There, 0, credits);

        time.Advance(TimeSpan.FromMinutes(2));
        silos.AnswerOne(There, new BufferBatch { IsRevoked = true });
        await silos.AskedAsync(There, 2).WaitAsync(Deadline);
        silos.FailOne(There, new TimeoutException());
        await Task.WhenAny(fetch, silos.AskedAsync(There, 3)).WaitAsync(Deadline);
        silos.AnswerOne(There);

        Assert.Equal(FetchStatus.EndOfPartition, (await fetch.WaitAsync(Deadline)).Status);
    }

    [Fact]
    public async Task A_silo_that_is_silent_for_too_long_is_given_up()
    {
        using TestPool pool = new(4, SegmentSize);
        SilentSilos silos = new();
        SweepTime time = new();
        using ObservedEngine observed = ObservedEngine.OfSilo(Here, pool.Whole, () => 1, () => 0, () => 0, () => null);
        GrainTransport transport = TransportTo<Alive>(silos, observed, time);
        using CreditReservation credits = CreditReservation.From(pool.Task, 1, CancellationToken.None);
        Task<FetchReply> fetch = Fetch(transport, There, 0, credits);

        time.Advance(TimeSpan.FromMinutes(2));
        silos.FailOne(There, new TimeoutException());

        Assert.Equal(FetchStatus.NotFound, (await fetch.WaitAsync(Deadline)).Status);
    }

    private static GrainTransport TransportTo(SilentSilos silos, ObservedEngine observed) =>
        TransportTo<NoMembership>(silos, observed, TimeProvider.System);

    private static GrainTransport TransportTo<TMembership>(
        SilentSilos silos, ObservedEngine observed, TimeProvider time)
        where TMembership : DispatchProxy => new(
        Here,
        "here",
        new InProcessTransport(new ResultPartitionStore()),
        new ReceiveWindows(),
        observed,
        new ExchangeTraffic(),
        new Lazy<INetworkBufferPoolClient>(silos),
        new Lazy<ISiloStatusOracle>(DispatchProxy.Create<ISiloStatusOracle, TMembership>),
        time);

    private static Task<FetchReply> Fetch(
        GrainTransport transport,
        string where,
        int run,
        CreditReservation credits,
        CancellationToken cancellation = default) => transport
            .FetchAsync(new FetchRequest(new ChannelId(default, run, 0), where, 0, credits), cancellation).AsTask();

    /// <summary>Knows no silo.</summary>
    public class NoMembership : DispatchProxy
    {
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => false;
    }

    /// <summary>Every silo is active, and has no name.</summary>
    public class Alive : DispatchProxy
    {
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod!.ReturnType == typeof(SiloStatus) ? SiloStatus.Active : false;
    }

    /// <summary>Answers fetches with nothing, in order, one each time it is told to.</summary>
    private sealed class SilentSilos : INetworkBufferPoolClient
    {
        private readonly Dictionary<string, SilentSilo> _silos = [];

        public INetworkBufferPoolService On(SiloAddress silo) => throw new NotSupportedException();

        public INetworkBufferPoolService On(string silo) => Find(silo);

        public int Asked(string silo) => Find(silo).Asked;

        public void AnswerOne(string silo, BufferBatch? answer = null) => Find(silo).End(
            waiting => waiting.SetResult(answer ?? new BufferBatch { Status = FetchStatus.EndOfPartition }));

        public void FailOne(string silo, Exception exception) =>
            Find(silo).End(waiting => waiting.SetException(exception));

        public async Task AskedAsync(string silo, int count)
        {
            while (Asked(silo) < count)
            {
                await Task.Delay(1);
            }
        }

        private SilentSilo Find(string silo)
        {
            lock (_silos)
            {
                return _silos.TryGetValue(silo, out SilentSilo? known) ? known : _silos[silo] = new SilentSilo();
            }
        }
    }

    private sealed class SilentSilo : INetworkBufferPoolService
    {
        private readonly Queue<TaskCompletionSource<BufferBatch>> _unanswered = new();
        private int _asked;

        public int Asked => Volatile.Read(ref _asked);

        public Task<BufferBatch> FetchAsync(BufferFetch fetch)
        {
            TaskCompletionSource<BufferBatch> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_unanswered)
            {
                _unanswered.Enqueue(answer);
            }

            Interlocked.Increment(ref _asked);
            return answer.Task;
        }

        public void End(Action<TaskCompletionSource<BufferBatch>> end)
        {
            lock (_unanswered)
            {
                if (_unanswered.TryDequeue(out TaskCompletionSource<BufferBatch>? answer))
                {
                    end(answer);
                }
            }
        }

        public Task<SiloView> GetStatusAsync() => throw new NotSupportedException();

        public Task<PrepareReply> PrepareAsync(WireDocument order, int epoch) => throw new NotSupportedException();

        public Task CloseAsync(WireAttempt output, int run, int subpartition, int readerStage, int readerAttempt) =>
            throw new NotSupportedException();

        public Task DiscardAsync(int epoch, WireAttempt output) => throw new NotSupportedException();

        public Task DiscardPartitionAsync(int epoch, WireAttempt[] outputs, int partition) =>
            throw new NotSupportedException();

        public Task EndJobAsync(Guid job, int epoch) => throw new NotSupportedException();

        public Task<WireDocument?> GetTraceAsync(Guid job) => throw new NotSupportedException();

        public Task DrainAsync() => throw new NotSupportedException();
    }
}
