using System.Text;

namespace Sluice.Buffers.Tests;

/// <summary>Strings of one to four bytes a character, short and longer than what is gathered on the stack.</summary>
internal static class TextOperations
{
    public static IEnumerable<ViewOperation> All { get; } =
        [Of(""), Of("a"), Of("\0\n"), Of("w\u00E5ter"), Of("\u6C34\uFFFD"),
        Of("\uD83D\uDCA7!"), Of(new string('\u20AC', 45))];

    private static ViewOperation Of(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return new(
            "string", text, [.. ViewOperation.EncodeVariable((ulong)bytes.Length), .. bytes],
            view => view.WriteString(text), view => view.ReadString());
    }
}
