namespace Sluice.Buffers;

/// <summary>Milliseconds since some start, cheap enough to be read for every request; exact to some 10 ms.</summary>
internal sealed class CoarseClock(TimeProvider provider)
{
    private readonly bool _isSystem = provider == TimeProvider.System;

    public long Now => _isSystem
        ? Environment.TickCount64
        : (long)provider.GetElapsedTime(0, provider.GetTimestamp()).TotalMilliseconds;
}
