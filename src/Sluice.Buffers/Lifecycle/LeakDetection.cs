namespace Sluice.Buffers;

/// <summary>How many lives of buffers a <see cref="LeakDetector"/> follows.</summary>
public enum LeakDetection
{
    /// <summary>None, at no cost.</summary>
    Off,

    /// <summary>One in so many, over all segments: cheap enough for production; finds what leaks often.</summary>
    Sampled,

    /// <summary>All: for tests, and for hunting a leak that is known.</summary>
    Full,
}
