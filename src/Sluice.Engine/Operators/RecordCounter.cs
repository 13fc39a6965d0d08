using System.Runtime.CompilerServices;

namespace Sluice.Engine;

/// <summary>Counts what a source gives, on its way to the first operator, until the task is cancelled.</summary>
internal sealed class RecordCounter : Operator<ReadOnlySpan<byte>>
{
    private readonly Operator<ReadOnlySpan<byte>> _next;
    private readonly CancellationToken _cancellation;

    /// <param name="next">The first operator.</param>
    /// <param name="cancellation">Asked for each record: what is made of one may take long.</param>
    public RecordCounter(Operator<ReadOnlySpan<byte>> next, CancellationToken cancellation)
    {
        _next = next;
        _cancellation = cancellation;
    }

    public long Count { get; private set; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Emit(ReadOnlySpan<byte> item)
    {
        _cancellation.ThrowIfCancellationRequested();
        Count++;
        _next.Emit(item);
    }

    public override void Complete() => _next.Complete();
}
