using System.Diagnostics;
using Sluice.Buffers;
using Sluice.Sorting;

namespace Sluice.Exchange;

/// <summary>One producer's end at the consumer: blocks in the order of their sequence numbers.</summary>
/// <remarks>
/// Fetches when it has run dry, with as many credits as the pool gives at that moment, at least one. From another silo,
/// or a device, it asks ahead: one half of its credits is under way while the other is read. Every block is verified
/// here, where its bytes are used. Ownership: blocks fetched and not taken yet are the channel's. Threading: the
/// consumer's thread.
/// </remarks>
public sealed class InputChannel : IBlockSource, IDisposable
{
    // Until each channel of a gate has its first block none is read, and then all want more at once: so that none is
    // kept waiting for another's, each begins with few.
    private const int FirstCredits = 2;

    private readonly string _where;
    private readonly IExchangeTransport _transport;
    private readonly IBufferPool _pool;
    private readonly int _wantedCredits;
    private readonly CreditPace _pace;
    private readonly CancellationToken _cancellation;
    private readonly Queue<Block> _blocks = new();
    private readonly WaitKind _wait;
    private readonly bool _asksAhead;
    private FetchAhead? _ahead;
    private long _askedAt;
    private TimeSpan _waitedThen;
    private int _taken;
    private int _nextSequence;
    private bool _ended;
    private bool _opened;

    internal InputChannel(
        ChannelId id,
        string where,
        IExchangeTransport transport,
        IBufferPool pool,
        InputGateOptions options,
        CancellationToken cancellation)
    {
        Id = id;
        _where = where;
        Name = id.ToString();
        _transport = transport;
        _pool = pool;
        WaitKind? wait = transport.WaitOf(id, where);
        _wait = wait ?? WaitKind.Fetch;
        _asksAhead = options.CreditsPerFetch > 1 && wait is not null;
        _wantedCredits = _asksAhead ? options.CreditsPerFetch / 2 : options.CreditsAtHand;
        _pace = _asksAhead
            ? new CreditPace(_wantedCredits, options.CreditTime, FirstCredits)
            : new CreditPace(_wantedCredits, TimeSpan.Zero);
        _cancellation = cancellation;
    }

    /// <summary>What the channel reads.</summary>
    public ChannelId Id { get; }

    /// <summary>The silo that holds the output; nothing where there is only one.</summary>
    public string Where => _where;

    /// <summary>Segments that are promised to a fetch under way; any thread may ask.</summary>
    public int Credits { get; private set; }

    /// <summary>Blocks that wait at the producer, as of the last fetch; any thread may ask.</summary>
    public int Backlog { get; private set; }

    /// <summary>Bytes received, headers included.</summary>
    public long BytesReceived { get; private set; }

    /// <summary>Time the consumer waited for fetches.</summary>
    public TimeSpan FetchTime { get; private set; }

    public string Name { get; private set; }

    /// <inheritdoc/>
    /// <remarks>Asks the producer, with a fetch that has no credits.</remarks>
    /// <exception cref="OutputLostException">The output is gone or damaged; its producer must run again.</exception>
    public int CountBlocks()
    {
        if (!_opened)
        {
            TimedFetch(wantedCredits: 0);
        }

        return _blocks.Count + Backlog;
    }

    /// <inheritdoc/>
    public void Prepare()
    {
        if (_asksAhead && !_ended && _ahead is null && _blocks.Count == 0)
        {
            AskAhead();
        }
    }

    /// <inheritdoc/>
    /// <exception cref="OutputLostException">The output is gone or damaged; its producer must run again.</exception>
    public bool TryTake(out Block block)
    {
        if (_blocks.Count == 0 && !_ended)
        {
            TimedFetch(_ahead is null ? CreditsNow() : 0);
        }

        if (_asksAhead && !_ended && _ahead is null && _blocks.Count > 0)
        {
            AskAhead();
        }

        if (!_blocks.TryDequeue(out block))
        {
            return false;
        }

        int number = _nextSequence - _blocks.Count - 1;
        if (!BlockFormat.Verify(block.Bytes, number, out string? damage))
        {
            block.Release();
            throw Damaged(damage);
        }

        BytesReceived += block.Length;
        _taken++;
        block = Watched(block);
        return true;
    }

    /// <inheritdoc/>
    public IOException Damaged(string what) => new OutputLostException(
        Id.Output,
        new BlockCorruptException(Name, Id.Subpartition, _nextSequence - _blocks.Count - 1, what).Message);

    public void Dispose()
    {
        _ahead?.Abandon();
        _ahead = null;
        while (_blocks.TryDequeue(out Block block))
        {
            block.Release();
        }

        if (_opened)
        {
            _opened = false;
            _transport.Close(Id, _where);
        }
    }

    // A block of the same silo comes in its producer's segment: who watches that sees to whom it goes.
    private Block Watched(Block block)
    {
        if (block.Buffer.IsWatched)
        {
            if (block.Buffer.Owner != _pool.Owner)
            {
                block = block with { Buffer = block.Buffer.HandOver(_pool.Owner) };
            }

            block.Buffer.NoteRead();
        }

        return block;
    }

    private void TimedFetch(int wantedCredits)
    {
        long start = Stopwatch.GetTimestamp();
        if (_ahead is FetchAhead ahead)
        {
            _ahead = null;
            using (ahead)
            {
                Take(ahead.Wait());
            }
        }
        else
        {
            using CreditReservation credits = wantedCredits == 0
                ? CreditReservation.None()
                : CreditReservation.From(_pool, wantedCredits, _cancellation);
            _opened = true;
            Credits = credits.Count;
            Take(FetchSignal.Wait(_transport.FetchAsync(RequestOf(credits, isAhead: false), _cancellation), _wait));
        }

        Credits = 0;
        FetchTime += Stopwatch.GetElapsedTime(start);
    }

    // Only with segments that are free at this moment: what is read now must not wait for what is read later.
    private void AskAhead()
    {
        if (CreditReservation.TryFrom(_pool, CreditsNow()) is CreditReservation credits)
        {
            Credits = credits.Count;
            _opened = true;
            _ahead = FetchAhead.Begin(_transport, RequestOf(credits, isAhead: true), _wait, _cancellation);
        }
    }

    private int CreditsNow()
    {
        if (_taken > 0)
        {
            _pace.Used(_taken, Stopwatch.GetElapsedTime(_askedAt) - (FetchTime - _waitedThen));
            _taken = 0;
        }

        _askedAt = Stopwatch.GetTimestamp();
        _waitedThen = FetchTime;
        return _pace.Next();
    }

    private FetchRequest RequestOf(CreditReservation credits, bool isAhead) =>
        new(Id, _where, _nextSequence, credits) { IsAhead = isAhead };

    private void Take(FetchReply reply)
    {
        if (reply.Status is FetchStatus.NotFound or FetchStatus.Failed)
        {
            throw new OutputLostException(Id.Output, reply.Source);
        }

        if (reply.Status == FetchStatus.Unserved)
        {
            throw new IOException($"{Id} was not served: {reply.Source}");
        }

        for (int i = 0; i < reply.Blocks.Count; i++)
        {
            _blocks.Enqueue(reply.Blocks[i]);
        }

        if (reply.FirstSequence != _nextSequence)
        {
            throw new IOException(
                $"{Id} was asked for block {_nextSequence} and sent block {reply.FirstSequence}: " +
                "channels are in order.");
        }

        Name = reply.Source;
        Backlog = reply.Backlog;
        _nextSequence += reply.Blocks.Count;
        _ended = reply.Status == FetchStatus.EndOfPartition;
    }
}
