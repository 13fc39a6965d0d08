namespace Sluice.Buffers;

/// <summary>One holder of a buffer.</summary>
/// <param name="Index">Which of the buffer's ten places it has, 0 to 9.</param>
/// <param name="Label">What it calls itself; a holder that gave no label goes by the owner label of the pool.</param>
public readonly record struct HolderPlace(int Index, string Label)
{
    public override string ToString() => $"'{Label}' (place {Index})";
}
