namespace Sluice.Jobs;

/// <summary>Takes the items that an operator makes, one by one.</summary>
/// <remarks>
/// An item that is a span is valid during the call only: whoever keeps it copies it. Threading: the selector's own
/// thread, until the selector returns; any other use fails the task.
/// </remarks>
public abstract class Emitter<T>
    where T : allows ref struct
{
    /// <summary>Passes one item on.</summary>
    /// <exception cref="Exception">A later step could not take it: the task fails, also where this is
    /// caught.</exception>
    public abstract void Emit(T item);
}
