using System.Text;

namespace Sluice.Client;

/// <summary>
/// What a job's own code prints. It is for people, so it goes to standard error: standard output carries data only.
/// While progress is drawn there, whole lines appear above it.
/// </summary>
/// <remarks>Threading: not safe; <see cref="Console.SetOut"/> puts a lock around it.</remarks>
internal sealed class JobOutput(TextWriter error) : TextWriter
{
    // The line that has begun while progress was drawn.
    private readonly StringBuilder _line = new();

    public override Encoding Encoding => error.Encoding;

    /// <summary>
    /// Takes all that is printed to <see cref="Console.Out"/> from now on, to the end of the process.
    /// </summary>
    public static void Take(TextWriter error)
    {
        JobOutput output = new(error);
        Console.SetOut(output);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => output.Flush();
    }

    public override void Write(char value) => Write([value]);

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(string? value) => Write(value.AsSpan());

    public override void WriteLine(string? value) => Write(value + NewLine);

    public override void Write(ReadOnlySpan<char> buffer)
    {
        if (_line.Length == 0 && !LiveProgress.IsShown)
        {
            error.Write(buffer);
            return;
        }

        for (int end = buffer.IndexOf('\n'); end >= 0; end = buffer.IndexOf('\n'))
        {
            _line.Append(buffer[..end]);
            Flush();
            buffer = buffer[(end + 1)..];
        }

        _line.Append(buffer);
    }

    public override void Flush()
    {
        string line = _line.ToString();
        _line.Clear();
        if (line.Length > 0 && !LiveProgress.WriteAbove(line))
        {
            error.WriteLine(line);
        }
    }
}
