using System.Globalization;
using System.Text;

namespace Sluice.Buffers;

/// <summary>What is remembered of one life: its first steps and its last ones.</summary>
/// <param name="Life">The life.</param>
/// <param name="Owner">The owner label of the pool it was requested from.</param>
/// <param name="First">The first steps, in the order in which they were seen.</param>
/// <param name="LeftOut">How many steps after those were not kept.</param>
/// <param name="Last">The steps after those, up to the latest.</param>
public sealed record BufferHistory(
    BufferLife Life, string Owner, IReadOnlyList<BufferStep> First, long LeftOut, IReadOnlyList<BufferStep> Last)
{
    /// <summary>One line a step, each with its milliseconds since the first.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        Append(text, First);
        if (LeftOut > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  ... {LeftOut} step(s) left out ...");
        }

        Append(text, Last);
        return text.ToString();
    }

    private void Append(StringBuilder text, IReadOnlyList<BufferStep> steps)
    {
        foreach (BufferStep step in steps)
        {
            double since = (step.At - First[0].At).TotalMilliseconds;
            text.Append(CultureInfo.InvariantCulture, $"\n  {since,8:0} ms  {step}");
        }
    }
}
