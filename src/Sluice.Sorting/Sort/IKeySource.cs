namespace Sluice.Sorting;

/// <summary>Gives the sort the keys behind the prefixes: only for ties.</summary>
internal interface IKeySource
{
    /// <summary>Whether keys compare as their bytes do. If not, only prefixes and <see cref="Compare"/> tell the
    /// order.</summary>
    bool AreBytes { get; }

    /// <summary>
    /// Gives entries the next eight bytes of their keys as prefixes, big endian, zeros behind a key's end.
    /// </summary>
    /// <param name="entries">All of one partition.</param>
    /// <param name="offset">Where in the keys the bytes begin.</param>
    /// <returns>What was found; an entry whose key ends at the offset or before gets the key's length as its prefix,
    /// and the complement of its partition.</returns>
    KeyWords LoadWords(Span<RecordEntry> entries, int offset);

    /// <summary>How many bytes from <paramref name="offset"/> on the keys of entries have in common with that of a
    /// record; all are longer than the offset. 0 also when it is less than a word, which is read anyway.</summary>
    int CommonLength(ReadOnlySpan<RecordEntry> entries, int offset, uint first);

    /// <summary>Compares two keys: as unsigned bytes from <paramref name="offset"/> on, the shorter first on a tie;
    /// whole ones when <see cref="AreBytes"/> is false.</summary>
    int Compare(uint left, uint right, int offset);
}

/// <summary>What was found in eight bytes of many keys.</summary>
/// <param name="Ended">How many keys had ended.</param>
/// <param name="First">The bytes of one that had not.</param>
/// <param name="Differences">The bits in which any other of those differs from it.</param>
internal readonly record struct KeyWords(int Ended, ulong First, ulong Differences)
{
    /// <summary>What is found in both of two groups.</summary>
    /// <param name="all">Of the first so many keys.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="more">Of further ones.</param>
    /// <param name="moreCount">How many there are of them.</param>
    public static KeyWords Join(KeyWords all, long count, KeyWords more, long moreCount) =>
        all.Ended == count ? more with { Ended = all.Ended + more.Ended }
        : more.Ended == moreCount ? all with { Ended = all.Ended + more.Ended }
        : new(all.Ended + more.Ended, all.First, all.Differences | more.Differences | (all.First ^ more.First));
}
