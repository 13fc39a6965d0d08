using System.Text.Json;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine.Tests;

public sealed class JournalTests : IDisposable
{
    private static readonly JournalEntry Started = new("attempt", 0, 3, 1, "worker", null, null);

    private static readonly JournalEntry Won = new(
        "won", 0, 3, 1, "worker", new AttemptResult { Runs = 2, Written = [new RecordSum(7, UInt128.MaxValue)] }, null);

    private static readonly JournalEntry Failed = new(
        "failed", null, null, null, null, null,
        new SluiceError("SLU1402", ErrorKind.JobFailed, "line\nbreak", "here", "help"));

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Append_has_handed_its_line_over_when_it_returns()
    {
        using Journal journal = new(_folder["journal"]);

        journal.Append(Started);

        // Read by a second handle while the first is open: nothing waits in a buffer of this process.
        using FileStream file = new(_folder["journal"], FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        Assert.EndsWith("\n", new StreamReader(file).ReadToEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_gives_every_entry_back()
    {
        Write(Started, Won, Failed);

        IReadOnlyList<JournalEntry> entries = Journal.Read(_folder["journal"]);

        Assert.Equal(3, File.ReadAllLines(_folder["journal"]).Length);
        Assert.Equal([Json(Started), Json(Won), Json(Failed)], entries.Select(Json));
    }

    [Fact]
    public void Read_leaves_out_a_last_line_that_was_torn_at_any_byte()
    {
        Write(Started, Won);
        byte[] whole = File.ReadAllBytes(_folder["journal"]);
        int first = Array.IndexOf(whole, (byte)'\n') + 1;

        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(_folder["journal"], whole[..length]);

            Assert.Equal(length < first ? 0 : 1, Journal.Read(_folder["journal"]).Count);
        }
    }

    [Fact]
    public void A_journal_is_never_written_over()
    {
        Write(Started);

        Assert.Throws<IOException>(() => new Journal(_folder["journal"]));

        Assert.Single(Journal.Read(_folder["journal"]));
    }

    [Fact]
    public void What_is_appended_after_the_output_is_in_place_goes_with_the_file()
    {
        using Journal journal = new(_folder["journal"]);
        journal.Append(Started);

        journal.Retire();
        journal.Append(Won);

        Assert.Equal([Json(Started)], Journal.Read(_folder["journal"]).Select(Json));
    }

    private static string Json(JournalEntry entry) =>
        JsonSerializer.Serialize(entry, CoordinationJson.Default.JournalEntry);

    private void Write(params ReadOnlySpan<JournalEntry> entries)
    {
        using Journal journal = new(_folder["journal"]);
        foreach (JournalEntry entry in entries)
        {
            journal.Append(entry);
        }
    }
}
