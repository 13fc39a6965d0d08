using System.Text;

namespace Sluice.Buffers;

/// <summary>Finds out what is wrong with a handle, and says it.</summary>
/// <remarks>All of it is read while other threads go on, so the message tells how things stood about then.</remarks>
internal static class BufferMisuse
{
    public static BufferMisuseException Stale(NetworkBufferState state, HolderToken token, string verb)
    {
        HolderRecord record = state.Record;
        HolderWord word = state.Word;
        string owner = record.OwnerOf(token.Generation);
        string holder = record.LabelOf(token);
        var text = new StringBuilder();
        text.Append($"A handle of segment {state.Index} cannot be {verb}: ");
        text.Append($"it was held by '{holder}' of '{owner}' (life {token.Generation}, place {token.Index}) and ");
        if (word.Generation == token.Generation)
        {
            text.Append("was released before, in this same life. The segment is still ");
        }
        else
        {
            text.Append("belongs to a life that has ended. ");
            if (state.Last is { Bits: not 0 } last && last.Generation == token.Generation)
            {
                text.Append($"'{record.LabelOf(last)}' (place {last.Index}) was the last to release it. ");
            }

            text.Append($"The segment is in life {word.Generation} now and is ");
        }

        AppendHolders(text, record, word);
        BufferHistory? history = record.Hook?.HistoryOf(state.LifeOf(token));
        text.Append(history is null
            ? " Full leak detection would show the life of this buffer (LeakDetectorOptions)."
            : $" Its life:{history}");
        return new BufferMisuseException(text.ToString(), owner, holder, history);
    }

    public static BufferMisuseException Full(NetworkBufferState state)
    {
        HolderRecord record = state.Record;
        HolderWord word = state.Word;
        string owner = record.OwnerOf(word.Generation);
        var text = new StringBuilder();
        text.Append($"Segment {state.Index} cannot be retained: all {HolderWord.Places} places are held. It is ");
        AppendHolders(text, record, word);
        text.Append(" Share one handle among more readers, or copy.");
        return new BufferMisuseException(text.ToString(), owner, owner, null);
    }

    private static void AppendHolders(StringBuilder text, HolderRecord record, HolderWord word)
    {
        if (word.IsFree)
        {
            text.Append("free.");
            return;
        }

        text.Append($"lent to '{record.OwnerOf(word.Generation)}' with {word.Holders} holder(s): ");
        text.AppendJoin(", ", word.Tokens().Select(token => new HolderPlace(token.Index, record.LabelOf(token))));
        text.Append('.');
    }
}
