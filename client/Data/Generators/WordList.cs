using System.Text;

namespace Sluice.Client;

/// <summary>The fixed list of words: made of syllables, most frequent first, frequent ones short.</summary>
/// <remarks>
/// A syllable is one of 16 consonants and one of 8 vowels or diphthongs; a word is one to three syllables and one of 4
/// endings. A consonant starts every syllable and no vowel does, so two different choices never spell the same word.
/// Within each length the ranks are scattered over the choices by an odd factor modulo a power of two, which is a
/// bijection; so the list has no duplicates and its alphabetical order says nothing about frequency.
/// </remarks>
internal static class WordList
{
    public const int Count = 32_768;

    /// <summary>Three syllables of three letters and an ending.</summary>
    public const int LongestWord = 10;

    private const int OneSyllable = 512;
    private const int UpToTwoSyllables = 8192;
    private const uint Scatter = 0x9E3779B1;

    private const string Consonants = "bdfghjklmnprstvz";
    private static readonly string[] Vowels = ["a", "e", "i", "o", "u", "ai", "ea", "ou"];
    private static readonly string[] Endings = ["", "n", "r", "s"];

    /// <summary>All words in order of rank.</summary>
    public static string[] Build()
    {
        string[] words = new string[Count];
        for (int rank = 0; rank < Count; rank++)
        {
            words[rank] = Word(rank);
        }

        return words;
    }

    private static string Word(int rank)
    {
        int syllables = rank < OneSyllable ? 1 : rank < UpToTwoSyllables ? 2 : 3;
        int choiceBits = 2 + (7 * syllables);
        uint choice = ((uint)rank * Scatter) & ((1u << choiceBits) - 1);
        StringBuilder word = new(LongestWord);
        uint rest = choice >> 2;
        for (int i = 0; i < syllables; i++)
        {
            word.Append(Consonants[(int)(rest & 15)]).Append(Vowels[(rest >> 4) & 7]);
            rest >>= 7;
        }

        return word.Append(Endings[choice & 3]).ToString();
    }
}
