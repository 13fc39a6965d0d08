namespace Sluice.Engine;

/// <summary>How many lives may be watched, and how many had to be left out.</summary>
/// <remarks>Threading: any thread.</remarks>
/// <param name="most">Lives.</param>
/// <param name="shared">A wider budget that they count against too.</param>
internal sealed class LifeBudget(int most, LifeBudget? shared = null)
{
    private int _taken;
    private int _leftOut;

    /// <summary>Lives that were watched.</summary>
    public int Taken => Math.Min(Volatile.Read(ref _taken), most);

    /// <summary>Lives that there was no room for.</summary>
    public int LeftOut => Volatile.Read(ref _leftOut);

    /// <returns>False when there is no room for another life, which is counted.</returns>
    public bool TryTake()
    {
        // Looked at first: a pool of which all is asked for goes on for millions of lives after the last that is
        // watched.
        if (Volatile.Read(ref _taken) < most && Interlocked.Increment(ref _taken) <= most && shared?.TryTake() != false)
        {
            return true;
        }

        Interlocked.Increment(ref _leftOut);
        return false;
    }
}
