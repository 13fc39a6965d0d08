namespace Sluice.Jobs;

/// <summary>How records lie in a file.</summary>
public abstract record RecordFormat(string Name)
{
    /// <summary>Records end at a line feed, which is not part of them; a last line without one is a record.</summary>
    public static RecordFormat Lines { get; } = new LineFormat();

    /// <summary>Records of 100 bytes whose key is the first 10.</summary>
    public static RecordFormat Gensort { get; } = new FixedFormat("gensort", 100, 10);

    /// <summary>The key when none is named.</summary>
    public abstract ByteKey DefaultKey { get; }

    /// <summary>The format of a name.</summary>
    /// <exception cref="SluiceException">There is none of that name.</exception>
    public static RecordFormat Parse(string name) => name switch
    {
        "lines" => Lines,
        "gensort" => Gensort,
        _ => throw new SluiceException(SluiceErrors.UnknownFormat(name)),
    };
}

/// <summary>Lines.</summary>
public sealed record LineFormat() : RecordFormat("lines")
{
    public override ByteKey DefaultKey => ByteKey.Whole;
}

/// <summary>Records of one length.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="RecordLength">Bytes of every record.</param>
/// <param name="KeyLength">Bytes at its start that are the key.</param>
public sealed record FixedFormat(string Name, int RecordLength, int KeyLength) : RecordFormat(Name)
{
    /// <summary>Bytes of every record.</summary>
    public int RecordLength { get; } = RecordLength > 0
        ? RecordLength
        : throw new ArgumentOutOfRangeException(nameof(RecordLength), RecordLength, "A record has a byte at least.");

    /// <summary>Bytes at its start that are the key.</summary>
    public int KeyLength { get; } = KeyLength > 0 && KeyLength <= RecordLength
        ? KeyLength
        : throw new ArgumentOutOfRangeException(
            nameof(KeyLength), KeyLength, $"A key has from one byte to all {RecordLength} of the record.");

    public override ByteKey DefaultKey => ByteKey.Range(1, KeyLength);
}
