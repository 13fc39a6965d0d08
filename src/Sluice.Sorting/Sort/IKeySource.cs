namespace Sluice.Sorting;

/// <summary>Gives the sort the keys behind the prefixes: only for ties.</summary>
internal interface IKeySource
{
    /// <summary>Whether keys compare as their bytes do. If not, only prefixes and <see cref="Compare"/> tell the
    /// order.</summary>
    bool AreBytes { get; }

    /// <summary>Bytes of the key of record <paramref name="number"/>.</summary>
    int KeyLength(uint number);

    /// <summary>The key's eight bytes from <paramref name="offset"/> on, big endian, zeros behind its end.</summary>
    ulong KeyWord(uint number, int offset);

    /// <summary>Compares two keys: as unsigned bytes from <paramref name="offset"/> on, the shorter first on a tie;
    /// whole ones when <see cref="AreBytes"/> is false.</summary>
    int Compare(uint left, uint right, int offset);
}
