using Sluice.Buffers;
using Sluice.Sorting;

namespace Sluice.Exchange;

/// <summary>Carries fetches from consumers to the silos that hold outputs: request in, batch out.</summary>
public interface IExchangeTransport
{
    /// <summary>Asks for blocks of one channel. Asking again after a lost answer is harmless.</summary>
    /// <param name="request">What is asked; its credits stay the caller's to dispose.</param>
    /// <param name="cancellationToken">Gives up waiting, soon: the credits are the caller's again when the call has
    /// ended.</param>
    ValueTask<FetchReply> FetchAsync(FetchRequest request, CancellationToken cancellationToken);

    /// <summary>What a fetch of a channel waits for, another silo or a device: there it pays to ask ahead.</summary>
    /// <param name="channel">What is read.</param>
    /// <param name="where">The silo that holds it.</param>
    /// <returns>Null where the answer is at hand.</returns>
    WaitKind? WaitOf(ChannelId channel, string where) => null;

    /// <summary>The consumer is done with the channel, or starts over: the serving end forgets its place.</summary>
    /// <param name="channel">Which.</param>
    /// <param name="where">The silo that holds it.</param>
    void Close(ChannelId channel, string where);
}

/// <summary>One fetch.</summary>
/// <param name="Channel">What to read.</param>
/// <param name="Where">The silo that holds it.</param>
/// <param name="FromSequence">The first block wanted; all before it are acknowledged.</param>
/// <param name="Credits">Room for the answer.</param>
public sealed record FetchRequest(ChannelId Channel, string Where, int FromSequence, CreditReservation Credits)
{
    /// <summary>Whether the caller's thread has something else to do until the answer is there.</summary>
    public bool IsAhead { get; init; }
}

/// <summary>How a fetch ended.</summary>
public enum FetchStatus
{
    /// <summary>Blocks came, and more may follow.</summary>
    Data,

    /// <summary>These blocks, if any, are the last.</summary>
    EndOfPartition,

    /// <summary>The output is not there: its producer must run again.</summary>
    NotFound,

    /// <summary>The output could not be read: its producer must run again.</summary>
    Failed,

    /// <summary>The silo that holds it could not serve it, for want of something else: the output is there.</summary>
    Unserved,
}

/// <summary>The answer to one fetch.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="FirstSequence">Number of the first block.</param>
/// <param name="Blocks">Blocks whose references the receiver owns.</param>
/// <param name="Backlog">Blocks that wait at the producer.</param>
/// <param name="Source">Names the run, or says why the fetch failed.</param>
public sealed record FetchReply(
    FetchStatus Status, int FirstSequence, IReadOnlyList<Block> Blocks, int Backlog, string Source);
