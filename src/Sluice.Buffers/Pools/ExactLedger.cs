namespace Sluice.Buffers;

/// <summary>The ledger while its lock is held and no magazine is open; disposing it gives the lock back.</summary>
internal readonly ref struct ExactLedger(Lock gate, SegmentLedger ledger)
{
    public SegmentLedger Ledger => ledger;

    public void Dispose() => gate.Exit();
}
