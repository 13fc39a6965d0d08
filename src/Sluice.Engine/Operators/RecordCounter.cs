using System.Runtime.CompilerServices;

namespace Sluice.Engine;

/// <summary>Counts what a source gives, on its way to the first operator.</summary>
internal sealed class RecordCounter(Operator<ReadOnlySpan<byte>> next) : Operator<ReadOnlySpan<byte>>
{
    public long Count { get; private set; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Emit(ReadOnlySpan<byte> item)
    {
        Count++;
        next.Emit(item);
    }

    public override void Complete() => next.Complete();
}
