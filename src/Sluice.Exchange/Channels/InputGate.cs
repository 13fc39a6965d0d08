using Sluice.Buffers;
using Sluice.Sorting;

namespace Sluice.Exchange;

/// <summary>All inputs of one task: a channel for every run of every producer, over a range of subpartitions.</summary>
/// <remarks>
/// The gate's order is (producer, run, subpartition), which keeps equal keys in the order of the producers' input.
/// Channels are opened when they are first read, so a gate needs memory only for those that are merged at the moment.
/// Ownership: disposes its channels. Threading: the consumer's thread.
/// </remarks>
public sealed class InputGate : IDisposable
{
    private readonly List<InputChannel> _channels = [];
    private readonly List<int> _producers = [];

    /// <param name="inputs">The producers' outputs, in the order that decides ties.</param>
    /// <param name="subpartitions">Which parts of each output to read.</param>
    /// <param name="pool">Gives the segments that stand behind credits.</param>
    /// <param name="transport">Carries the fetches.</param>
    /// <param name="options">How many channels and credits at once.</param>
    /// <param name="cancellation">Ends all waiting.</param>
    public InputGate(
        IReadOnlyList<ProducerOutput> inputs,
        Range subpartitions,
        IBufferPool pool,
        IExchangeTransport transport,
        InputGateOptions options,
        CancellationToken cancellation)
    {
        for (int producer = 0; producer < inputs.Count; producer++)
        {
            for (int run = 0; run < inputs[producer].Runs; run++)
            {
                for (int part = subpartitions.Start.Value; part < subpartitions.End.Value; part++)
                {
                    ChannelId id = new(inputs[producer].Id, run, part, options.Reader);
                    _channels.Add(new InputChannel(id, inputs[producer].Where, transport, pool, options, cancellation));
                    _producers.Add(producer);
                }
            }
        }

        ProducerCount = inputs.Count;
    }

    /// <summary>Producers the gate reads.</summary>
    public int ProducerCount { get; }

    /// <summary>The channels, in the order that decides ties.</summary>
    public IReadOnlyList<InputChannel> Channels => _channels;

    /// <summary>Bytes received over all channels.</summary>
    public long BytesReceived => _channels.Sum(channel => channel.BytesReceived);

    /// <summary>Time the consumer waited for blocks, over all channels.</summary>
    public TimeSpan FetchTime => _channels.Aggregate(TimeSpan.Zero, (sum, channel) => sum + channel.FetchTime);

    /// <summary>Adds up sums per channel to sums per producer.</summary>
    public RecordSum[] SumsByProducer(ReadOnlySpan<RecordSum> channelSums)
    {
        RecordSum[] sums = new RecordSum[ProducerCount];
        for (int channel = 0; channel < channelSums.Length; channel++)
        {
            sums[_producers[channel]] += channelSums[channel];
        }

        return sums;
    }

    public void Dispose() => _channels.ForEach(channel => channel.Dispose());
}

/// <summary>What a consumer must know of one producer.</summary>
/// <param name="Id">Whose output it is.</param>
/// <param name="Runs">How many sorted runs it has.</param>
/// <param name="Where">The silo that holds it, as the transport knows silos; nothing where there is only one.</param>
public readonly record struct ProducerOutput(OutputId Id, int Runs, string Where = "");

/// <summary>How a gate uses its memory, and for whom it reads.</summary>
/// <param name="FanIn">Channels merged at once; when there are more, the rest waits and is merged in passes.</param>
/// <param name="CreditsPerFetch">Blocks asked for at once where they must be waited for.</param>
public sealed record InputGateOptions(int FanIn, int CreditsPerFetch)
{
    /// <summary>Blocks asked for at once where they are at hand.</summary>
    public int CreditsAtHand => Math.Min(CreditsPerFetch, MostAtHand);

    /// <summary>Segments besides, in which runs stay that passes have merged.</summary>
    public int PassSegments { get; init; }

    /// <summary>The attempt it reads for; producers keep what they serve two attempts of a task apart.</summary>
    public ReaderId Reader { get; init; }

    /// <summary>
    /// Where it must wait, for another silo or a device, a channel asks for about what is used in this time, and never
    /// for more than a fetch's credits.
    /// Zero always asks for all of them.
    /// </summary>
    public TimeSpan CreditTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The least segments a gate works with: two channels.</summary>
    public const int MinimumSegments = (2 * RunMerger.SegmentsPerSource) + RunMerger.SegmentsPerPass;

    /// <summary>The same where blocks may be compressed.</summary>
    public const int MinimumCompressed = MinimumSegments + (3 * RunMerger.SegmentsPerCodec);

    // With so many channels at once, half of them merge nearly as far in one step.
    private const int FewestToHalve = 32;

    // What is at hand is read a little at a time: it is still in the processor's cache when it is merged.
    private const int MostAtHand = 2;

    // Two halves under way by turns, each large enough that a call's own cost does not count.
    private const int MostSlowCredits = 32;

    /// <summary>
    /// Shares out <paramref name="segments"/>: each channel that is merged holds the blocks of one fetch and one
    /// segment to join a record that crosses blocks, a pass one more to write. So fan-in x (credits + 1) + 1 segments
    /// are never exceeded, and no channel waits for what another one holds. Where blocks are compressed, each channel
    /// and a pass have one more. When there are more channels than could be merged at once, half of a large gate keeps
    /// what passes make.
    /// </summary>
    /// <param name="segments">What the task can spend on its input.</param>
    /// <param name="channels">Channels of the gate.</param>
    /// <param name="compressed">Whether blocks may be compressed.</param>
    /// <param name="slow">Whether some of the channels read from other silos, or from a device.</param>
    public static InputGateOptions For(int segments, int channels, bool compressed = false, bool slow = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(segments, compressed ? MinimumCompressed : MinimumSegments);
        int codec = compressed ? RunMerger.SegmentsPerCodec : 0;
        int forSources = segments - RunMerger.SegmentsPerPass - codec;
        int perSource = RunMerger.SegmentsPerSource + codec;
        int widest = forSources / perSource;
        if (channels > widest && widest >= FewestToHalve)
        {
            int half = widest / 2;
            return new InputGateOptions(half, 1) { PassSegments = forSources - (half * perSource) };
        }

        int fanIn = Math.Clamp(channels, 2, widest);
        int most = slow ? MostSlowCredits : MostAtHand;
        return new InputGateOptions(fanIn, Math.Clamp((forSources / fanIn) - 1 - codec, 1, most));
    }
}
