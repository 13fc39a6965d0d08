using Sluice.Engine;

namespace Sluice.Grains;

/// <summary>What each silo told last of one job's attempts there.</summary>
/// <remarks>Called in turns of the job's grain.</remarks>
/// <param name="isDead">Whether a silo is gone for good, and what ran or waited there with it.</param>
internal sealed class JobHeartbeats(Func<string, bool> isDead)
{
    private readonly Dictionary<string, SiloHeartbeat> _last = new(StringComparer.Ordinal);

    /// <summary>The most that one of the silos' processes had resident, bytes; 0 when none has told.</summary>
    public long PeakMemoryBytes { get; private set; }

    /// <summary>What one of the silos waits for, a sentence; null when none waits.</summary>
    public string? Paused => Alive.Select(heartbeat => heartbeat.Paused).OfType<string>().FirstOrDefault();

    /// <summary>How far the attempts are that run.</summary>
    public IEnumerable<AttemptProgress> Running => Alive.SelectMany(heartbeat =>
        heartbeat.Bytes.Zip(heartbeat.SpilledBytes, (bytes, spilled) => new AttemptProgress(bytes, spilled)));

    private IEnumerable<SiloHeartbeat> Alive => _last.Values.Where(heartbeat => !isDead(heartbeat.Silo));

    public void Take(SiloHeartbeat heartbeat)
    {
        _last[heartbeat.Silo] = heartbeat;
        TakePeak(heartbeat.PeakMemoryBytes);
    }

    /// <summary>A silo told what it had resident at the most: the end of an attempt may come before a
    /// heartbeat.</summary>
    public void TakePeak(long bytes) => PeakMemoryBytes = Math.Max(PeakMemoryBytes, bytes);
}
