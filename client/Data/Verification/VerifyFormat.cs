namespace Sluice.Client;

/// <summary>How a verified file is cut into records.</summary>
public enum VerifyFormat
{
    /// <summary>
    /// Records end at <c>\n</c>, which a last line may lack; the key is the whole line unless the options say
    /// otherwise.
    /// </summary>
    Lines,

    /// <summary>Records of 100 bytes; the key is the first 10 unless the options say otherwise.</summary>
    Gensort,
}
