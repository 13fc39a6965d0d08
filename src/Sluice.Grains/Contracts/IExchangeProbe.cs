using Orleans.Concurrency;

namespace Sluice.Grains;

/// <summary>
/// Measures the exchange between two silos by the way of all shuffles. The key is `SILO/ID`: it lives there.
/// </summary>
/// <remarks>
/// One probe makes an output in its silo's memory; another, elsewhere, fetches that over several channels again and
/// again, and asks the first one between whiles, to see how long control waits behind data.
/// </remarks>
[Alias("sluice.IExchangeProbe")]
public interface IExchangeProbe : IGrainWithStringKey
{
    /// <summary>Makes an output in memory, of a quarter of the pool or 64 MiB, whichever is less.</summary>
    /// <param name="channels">Partitions of it.</param>
    /// <returns>Its bytes, without what a spill took out of memory.</returns>
    [Alias("Produce")]
    Task<long> ProduceAsync(int channels);

    /// <summary>Fetches what another probe made, with a thread a channel as tasks do, and drops it.</summary>
    /// <param name="producer">Key of the other probe.</param>
    /// <param name="channels">How many at once.</param>
    /// <param name="duration">How long; less than calls may take.</param>
    [Alias("Consume"), ResponseTimeout("00:01:00")]
    Task<ExchangeMeasure> ConsumeAsync(string producer, int channels, TimeSpan duration);

    /// <summary>Asks another probe for bytes that nobody looks at, by calls of Orleans and nothing else: what the
    /// exchange is to be compared with.</summary>
    /// <param name="producer">Key of the other probe.</param>
    /// <param name="calls">How many at once.</param>
    /// <param name="duration">How long; less than calls may take.</param>
    /// <returns>Bytes a second.</returns>
    [Alias("Call"), ResponseTimeout("00:01:00")]
    Task<double> CallAsync(string producer, int calls, TimeSpan duration);

    /// <summary>Answers <see cref="CallAsync"/> with 256 KiB, as much as a channel fetches at once.</summary>
    [Alias("Answer"), AlwaysInterleave]
    Task<Immutable<byte[]>> AnswerAsync();

    /// <summary>Answers at once.</summary>
    [Alias("Ping"), AlwaysInterleave]
    Task PingAsync();

    /// <summary>Gives back what was made.</summary>
    [Alias("End")]
    Task EndAsync();
}

/// <summary>What went from one silo to another in a while.</summary>
[GenerateSerializer, Immutable, Alias("sluice.measure")]
public sealed class ExchangeMeasure
{
    /// <summary>Bytes of blocks, each verified by its checksum.</summary>
    [Id(0)]
    public long Bytes { get; init; }

    [Id(1)]
    public double Seconds { get; init; }

    /// <summary>How often the other silo was asked meanwhile.</summary>
    [Id(2)]
    public int Pings { get; init; }

    /// <summary>Milliseconds of a question and its answer: the median.</summary>
    [Id(3)]
    public double PingP50 { get; init; }

    /// <summary>Milliseconds that 99 of 100 did not exceed.</summary>
    [Id(4)]
    public double PingP99 { get; init; }

    /// <summary>Milliseconds of the longest.</summary>
    [Id(5)]
    public double PingMost { get; init; }
}
