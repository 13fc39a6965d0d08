namespace Sluice.Buffers;

/// <summary>What the holders of one segment call themselves, for messages and histories.</summary>
/// <remarks>
/// A label stands beside the token it was given for, so an unlabelled holder of the same place writes nothing and is
/// not taken for the one before. It stays after the release, until the place is labelled again: that is
/// how a message about a stale handle can still say whose it was.
/// Threading: whoever has just taken a place writes its entry; anybody reads, and a read that meets a write finds
/// nothing rather than a label that belongs to another.
/// </remarks>
internal sealed class HolderLabels
{
    private readonly Entry[] _entries = new Entry[HolderWord.Places];

    public void Set(HolderToken token, string label)
    {
        ref Entry entry = ref _entries[token.Index];
        Interlocked.Exchange(ref entry.Token, 0);
        Volatile.Write(ref entry.Label, label);
        Volatile.Write(ref entry.Token, token.Bits);
    }

    public string? Of(HolderToken token)
    {
        ref Entry entry = ref _entries[token.Index];
        if (Volatile.Read(ref entry.Token) != token.Bits)
        {
            return null;
        }

        string? label = Volatile.Read(ref entry.Label);
        Interlocked.MemoryBarrier();
        return Volatile.Read(ref entry.Token) == token.Bits ? label : null;
    }

    private struct Entry
    {
        public ulong Token;
        public string? Label;
    }
}
