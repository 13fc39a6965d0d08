namespace Sluice.Sorting;

/// <summary>Takes what a <see cref="HashTable{TState}"/> hands over.</summary>
public interface IHashTableTarget<TState>
    where TState : unmanaged
{
    /// <summary>Takes one key with its state; the key is valid during the call.</summary>
    void Take(ReadOnlySpan<byte> key, in TState state);
}
