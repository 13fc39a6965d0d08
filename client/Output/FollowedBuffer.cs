using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>One life of a buffer, and the lives on other silos that its bytes went on in.</summary>
/// <param name="First">Where the bytes were written.</param>
/// <param name="Further">Those linked to it.</param>
internal sealed record FollowedBuffer(BufferTrace First, IReadOnlyList<BufferTrace> Further)
{
    /// <summary>All of them, in the order in which they came to hold the bytes.</summary>
    public IEnumerable<BufferTrace> All => Further.Prepend(First);

    /// <summary>
    /// How far the clock of a life's silo is behind the sender's at least: nothing is received before it was sent.
    /// </summary>
    public TimeSpan LagOf(BufferTrace life)
    {
        IEnumerable<DateTimeOffset> sent = First.Steps
            .Where(step => step.Kind == "sent" && step.Peer == life.Silo)
            .Select(step => step.At);
        IEnumerable<DateTimeOffset> received = life.Steps
            .Where(step => step.Kind == "received")
            .Select(step => step.At);
        TimeSpan lag = sent.FirstOrDefault() - received.LastOrDefault();
        return life == First || !sent.Any() || !received.Any() || lag < TimeSpan.Zero ? TimeSpan.Zero : lag;
    }

    /// <summary>
    /// The life that has most to tell: one with an error, then one that goes from silo to silo and is read there.
    /// </summary>
    /// <returns>Null when no silo remembers any.</returns>
    public static FollowedBuffer? In(JobTimeline job)
    {
        List<BufferTrace> lives = [.. job.Silos.SelectMany(silo => silo.Lives)];
        ILookup<string, BufferTrace> receivers = lives
            .SelectMany(life => life.Links.Select(link => (link, life)))
            .ToLookup(pair => pair.link, pair => pair.life);
        return lives
            .Select(life => new FollowedBuffer(life, [.. receivers[life.SpanId]]))
            .OrderByDescending(followed => followed.All.Any(life => life.Error is not null))
            .ThenByDescending(followed => followed.Further.Count > 0)
            .ThenByDescending(followed => followed.Further.Any(life => life.Steps.Any(step => step.Kind == "read")))
            .ThenByDescending(followed => followed.All.Sum(life => life.Steps.Count))
            .ThenBy(followed => followed.First.SpanId, StringComparer.Ordinal)
            .FirstOrDefault();
    }
}
