namespace Sluice.Sorting;

/// <summary>Gives the sort the keys behind the prefixes: only for ties.</summary>
internal interface IKeySource
{
    /// <summary>Bytes of the key of record <paramref name="number"/>.</summary>
    int KeyLength(uint number);

    /// <summary>The key's eight bytes from <paramref name="offset"/> on, big endian, zeros behind its end.</summary>
    ulong KeyWord(uint number, int offset);

    /// <summary>Compares two keys as unsigned bytes from <paramref name="offset"/> on, the shorter first on a tie.</summary>
    int Compare(uint left, uint right, int offset);
}
