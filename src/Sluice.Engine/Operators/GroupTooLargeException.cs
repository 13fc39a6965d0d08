namespace Sluice.Engine;

/// <summary>
/// The values of a group were walked again, and those walked before were not kept: they were too many.
/// </summary>
/// <param name="keyLength">Bytes of the encoded key.</param>
/// <param name="walked">Bytes of the values that were walked.</param>
/// <param name="kept">Bytes that the task keeps of one group.</param>
/// <param name="taskMemory">Bytes that a task must have to keep what was walked.</param>
internal sealed class GroupTooLargeException(int keyLength, long walked, long kept, long taskMemory)
    : Exception($"The group's {walked} bytes are more than the {kept} that are kept for a further walk.")
{
    public int KeyLength { get; } = keyLength;

    public long Walked { get; } = walked;

    public long Kept { get; } = kept;

    public long TaskMemory { get; } = taskMemory;
}
