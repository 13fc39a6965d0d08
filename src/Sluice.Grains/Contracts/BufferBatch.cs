using Sluice.Exchange;
using Sluice.Sorting;

namespace Sluice.Grains;

/// <summary>A request for blocks of one channel: as many credits as the consumer has segments reserved.</summary>
[GenerateSerializer, Immutable, Alias("sluice.fetch")]
public sealed class BufferFetch
{
    /// <summary>Under which the consumer's segments wait.</summary>
    [Id(0)]
    public Guid Fetch { get; init; }

    [Id(1)]
    public WireAttempt Output { get; init; }

    [Id(2)]
    public int Run { get; init; }

    [Id(3)]
    public int Subpartition { get; init; }

    /// <summary>The first block wanted; all before it are acknowledged.</summary>
    [Id(4)]
    public int FromSequence { get; init; }

    /// <summary>Blocks that have room.</summary>
    [Id(5)]
    public int Credits { get; init; }

    /// <summary>Number of the stage that reads.</summary>
    [Id(6)]
    public int ReaderStage { get; init; }

    /// <summary>Number of the attempt that reads.</summary>
    [Id(7)]
    public int ReaderAttempt { get; init; }

    /// <summary>
    /// The name of the consumer's silo, which knows what trace contexts in a batch are; empty from an older one.
    /// </summary>
    [Id(8)]
    public string Silo { get; init; } = "";

    internal ChannelId Channel => new(Output.Output, Run, Subpartition, new ReaderId(ReaderStage, ReaderAttempt));
}

/// <summary>
/// Blocks on their way from a producer's silo to a consumer's; its codec is <see cref="BufferBatchCodec"/>.
/// </summary>
/// <remarks>
/// On the producer's side the blocks belong to whoever serves, which gives them back when they are written; on the
/// consumer's side they lie in the segments of the fetch's window, and the batch itself holds nothing.
/// </remarks>
[Immutable, Alias("sluice.batch")]
public sealed class BufferBatch
{
    public Guid Fetch { get; init; }

    public FetchStatus Status { get; init; }

    public int FirstSequence { get; init; }

    public int Backlog { get; init; }

    /// <summary>Names the run, or says why the fetch failed.</summary>
    public string Source { get; init; } = "";

    /// <summary>On the producer's side: what is sent.</summary>
    public IReadOnlyList<Block> Blocks { get; init; } = [];

    /// <summary>On the producer's side: the consumer's silo, when it takes trace contexts; else empty.</summary>
    internal string To { get; init; } = "";

    /// <summary>On the producer's side: told once the blocks are in the connection's buffer.</summary>
    internal Action? Written { get; init; }

    /// <summary>
    /// Whether its blocks were given back before they could be written: the fetch is to be sent again.
    /// </summary>
    public bool IsRevoked { get; init; }
}
