namespace Sluice.Exchange;

/// <summary>How many credits a channel's next fetch gets: about what its consumer uses up in a given time.</summary>
/// <remarks>
/// A channel that is read slowly keeps few blocks waiting at the consumer. More is given at once, less by and by, so
/// that a short pause costs nothing. Threading: the consumer's thread.
/// </remarks>
/// <param name="most">Credits that a fetch may have.</param>
/// <param name="ahead">How long the consumer is to have enough; zero always gives the most.</param>
/// <param name="first">What the first fetch may have; every next one may have twice as much.</param>
internal sealed class CreditPace(int most, TimeSpan ahead, int first = int.MaxValue)
{
    private int _allowed = Math.Min(first, most);
    private double _blocksPerSecond = double.PositiveInfinity;

    /// <summary>For the next fetch, from 1 on.</summary>
    public int Next()
    {
        int credits = Math.Min(ByRate, _allowed);
        _allowed = Math.Min(2 * _allowed, most);
        return credits;
    }

    private int ByRate => ahead <= TimeSpan.Zero
        ? most
        : (int)Math.Clamp(Math.Ceiling(_blocksPerSecond * ahead.TotalSeconds), 1, most);

    /// <summary>Between two fetches the consumer has used so many blocks.</summary>
    /// <param name="blocks">How many.</param>
    /// <param name="time">How long it took, without the time in which it waited for blocks.</param>
    public void Used(int blocks, TimeSpan time)
    {
        double rate = time > TimeSpan.Zero ? blocks / time.TotalSeconds : double.PositiveInfinity;
        _blocksPerSecond = rate >= _blocksPerSecond || double.IsInfinity(_blocksPerSecond)
            ? rate
            : (_blocksPerSecond + rate) / 2;
    }
}
