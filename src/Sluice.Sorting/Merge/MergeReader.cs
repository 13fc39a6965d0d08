using System.Runtime.CompilerServices;

namespace Sluice.Sorting;

/// <summary>One merge of a few runs: the records of all cursors in key order.</summary>
/// <remarks>Owns its cursors. Threading: one thread.</remarks>
internal sealed class MergeReader : IRecordReader, IDisposable
{
    private readonly RunCursor[] _cursors;
    private readonly KeyComparison? _comparison;
    private LoserTree? _tree;

    public MergeReader(RunCursor[] cursors, KeyComparison? comparison = null)
    {
        _comparison = comparison;
        _cursors = cursors;
    }

    public IReadOnlyList<RunCursor> Cursors => _cursors;

    public ReadOnlySpan<byte> Record => _tree!.Winner.Record;

    public int KeyLength => _tree!.Winner.KeyLength;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool MoveNext()
    {
        if (_tree is null)
        {
            _tree = new LoserTree(_cursors, _comparison);
        }
        else if (!_tree.HasEnded)
        {
            _tree.Next();
        }

        return !_tree.HasEnded;
    }

    public void Dispose()
    {
        foreach (RunCursor cursor in _cursors)
        {
            cursor.Dispose();
        }
    }
}
