namespace Sluice.Buffers;

/// <summary>Who holds buffers of a pool.</summary>
/// <param name="Owner">The owner label of the local pool.</param>
/// <param name="Count">How many are out.</param>
/// <param name="HeldFor">How long the oldest of them has been out, by a coarse clock.</param>
/// <param name="IsDestroyed">Whether the local pool was destroyed with these buffers still out.</param>
public readonly record struct BufferHolder(string Owner, int Count, TimeSpan HeldFor, bool IsDestroyed)
{
    public override string ToString() => FormattableString.Invariant(
        $"'{Owner}'{(IsDestroyed ? " (destroyed)" : "")} holds {Count}, the oldest for {HeldFor.TotalSeconds:0.0} s");

    internal static string Describe(IReadOnlyList<BufferHolder> holders) =>
        holders.Count == 0 ? "nobody holds any" : string.Join("; ", holders);
}
