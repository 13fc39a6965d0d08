namespace Sluice.Sorting;

/// <summary>Compares the keys that cursors stand at by a comparison instead of as bytes.</summary>
/// <remarks>A key of a large record is read from its file into a buffer that is kept. Threading: one thread.</remarks>
internal sealed class ComparedKeys
{
    private readonly KeyComparison _comparison;
    private byte[] _left = [];
    private byte[] _right = [];

    public ComparedKeys(KeyComparison comparison)
    {
        _comparison = comparison;
    }

    public ulong PrefixOf(RunCursor cursor) => _comparison.PrefixOf(Key(cursor, ref _left));

    public int Compare(RunCursor left, RunCursor right) =>
        _comparison.Compare(Key(left, ref _left), Key(right, ref _right));

    private static ReadOnlySpan<byte> Key(RunCursor cursor, ref byte[] read)
    {
        if (!cursor.IsLarge)
        {
            return cursor.Key;
        }

        if (read.Length < cursor.KeyLength)
        {
            read = new byte[cursor.KeyLength];
        }

        Span<byte> key = read.AsSpan(0, cursor.KeyLength);
        cursor.ReadKey(key);
        return key;
    }
}
