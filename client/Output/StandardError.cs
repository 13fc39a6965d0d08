using System.Text;

namespace Sluice.Client;

/// <summary>Standard error: what cannot be written is dropped, for there is nowhere left to say so.</summary>
/// <remarks>
/// A terminal that has been closed, or a log on a full disk, must not decide how a job ends. The exit code still tells.
/// Threading: not safe; <see cref="Console.SetError"/> puts a lock around it.
/// </remarks>
internal sealed class StandardError(TextWriter writer) : TextWriter
{
    public override Encoding Encoding => writer.Encoding;

    public override void Write(char value) => Write([value]);

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(string? value) => Write(value.AsSpan());

    public override void WriteLine(string? value) => Write(value + NewLine);

    public override void Write(ReadOnlySpan<char> buffer)
    {
        try
        {
            writer.Write(buffer);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
        }
    }

    public override void Flush()
    {
        try
        {
            writer.Flush();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
        }
    }
}
