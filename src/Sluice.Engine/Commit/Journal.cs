using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>What a job has decided, one JSON line each, beside its output: written before it is acted on.</summary>
/// <remarks>
/// Every line goes to the operating system before <see cref="Append(JournalEntry)"/> returns, so it outlives the
/// process; it is not forced to disk, because without the outputs of its silos a job starts over anyway. Threading: any
/// thread; who lets go of it waits for what is being written.
/// </remarks>
internal sealed class Journal : IDisposable
{
    private readonly FileStream _file;
    private readonly Lock _gate = new();
    private bool _isRetired;

    /// <param name="path">Created; must not exist.</param>
    public Journal(string path)
        : this(new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0))
    {
    }

    private Journal(FileStream file)
    {
        _file = file;
    }

    /// <summary>Where it is.</summary>
    public string Path => _file.Name;

    /// <summary>Goes on with a journal whose writer died; a last line that it did not finish is cut off.</summary>
    public static Journal Continue(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        FileStream file = new(path, FileMode.Open, FileAccess.Write, FileShare.Read, bufferSize: 0);
        file.SetLength(bytes.AsSpan().LastIndexOf((byte)'\n') + 1);
        file.Seek(0, SeekOrigin.End);
        return new Journal(file);
    }

    /// <summary>
    /// Makes ready what writes entries: the first ones take some forty milliseconds, and nothing may start before they
    /// are written.
    /// </summary>
    public static void Prepare() => _ = TextOf(
    [
        new JournalEntry("won", 0, 0, 1, "", new AttemptResult { Written = [default] }, null)
        {
            Job = default(JobId),
            At = 0,
            Outcome = new TaskOutcome { Source = default(RecordSum) },
            Stages = [],
        },
    ]);

    /// <summary>Writes one entry.</summary>
    /// <exception cref="IOException">It could not be written: what it announces must not happen.</exception>
    public void Append(JournalEntry entry) => Append([entry]);

    /// <summary>Writes entries in their order, at once; where that failed, they can be written again.</summary>
    /// <exception cref="IOException">Not all could be written: what they announce must not happen.</exception>
    public void Append(IReadOnlyList<JournalEntry> entries)
    {
        byte[] lines = Encoding.UTF8.GetBytes(TextOf(entries));

        // Whoever takes over reads what is there once this is given back. A write that fails in the middle does not
        // move the file's position, so the next one writes over what it began.
        lock (_gate)
        {
            if (!_isRetired)
            {
                _file.Write(lines);
            }
        }
    }

    /// <summary>The output is in place and tells from now on how the job ended: the file goes, and what is appended
    /// later goes with it.</summary>
    public void Retire()
    {
        lock (_gate)
        {
            _isRetired = true;
            _file.Dispose();
        }
    }

    /// <summary>Entries as they stand in the file.</summary>
    public static string TextOf(IEnumerable<JournalEntry> entries) => string.Concat(
        entries.Select(entry => $"{JsonSerializer.Serialize(entry, JournalJson.Default.JournalEntry)}\n"));

    /// <summary>Reads all whole lines; a last one that was cut by a crash does not count.</summary>
    /// <exception cref="IOException">The file cannot be read, or a whole line is not an entry.</exception>
    public static IReadOnlyList<JournalEntry> Read(string path)
    {
        string text = File.ReadAllText(path);
        int end = text.LastIndexOf('\n');
        return end < 0 ? [] : [.. text[..end].Split('\n').Select((line, number) => EntryOf(line, path, number + 1))];
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _file.Dispose();
        }
    }

    private static JournalEntry EntryOf(string line, string path, int number)
    {
        try
        {
            return JsonSerializer.Deserialize(line, CoordinationJson.Default.JournalEntry)
                ?? throw new JsonException("There is nothing in it.");
        }
        catch (Exception e) when (e is JsonException or FormatException or NotSupportedException)
        {
            throw new IOException($"Line {number} of the journal {path} is damaged: {e.Message}", e);
        }
    }
}

/// <summary>What coordinators, silos and journals tell each other, written and read.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JournalEntry))]
[JsonSerializable(typeof(CoordinatorState))]
[JsonSerializable(typeof(AttemptEnd))]
[JsonSerializable(typeof(StartAttempt))]
[JsonSerializable(typeof(JobOrder))]
internal sealed partial class CoordinationJson : JsonSerializerContext;

/// <summary>Writes journals: the same JSON as <see cref="CoordinationJson"/>, by code that is compiled ahead.</summary>
/// <remarks>What can also read makes a generic object for each property, which the runtime compiles one by one: some
/// hundred milliseconds before a job's first task may start.</remarks>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Serialization,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JournalEntry))]
internal sealed partial class JournalJson : JsonSerializerContext;
