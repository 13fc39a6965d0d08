using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>Writes a failure in three lines: what, where, and the next action.</summary>
internal static class ErrorWriter
{
    private const string Red = "\e[1;31m";
    private const string Blue = "\e[34m";
    private const string Green = "\e[32m";
    private const string Plain = "\e[0m";

    /// <param name="writer">Standard error.</param>
    /// <param name="error">The failure.</param>
    /// <param name="hasColor">Whether a terminal shows it.</param>
    /// <param name="cause">The whole cause, when the user asked for it.</param>
    public static void Write(TextWriter writer, SluiceError error, bool hasColor, Exception? cause)
    {
        string Paint(string color, string text) => hasColor ? color + text + Plain : text;

        writer.WriteLine($"{Paint(Red, $"error[{error.Code}]")}: {OneLine(error.What)}");
        writer.WriteLine($"  {Paint(Blue, "-->")} {OneLine(error.Where)}");
        writer.WriteLine($"{Paint(Green, "help")}: {OneLine(error.Help)}");
        if (cause is not null)
        {
            writer.WriteLine(cause.ToString());
        }
    }

    private static string OneLine(string text) =>
        string.Join(' ', text.Split((char[])['\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
}
