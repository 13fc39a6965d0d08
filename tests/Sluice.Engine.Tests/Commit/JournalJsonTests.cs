using System.Text.Json;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine.Tests;

/// <summary>Journals are written by one generated code and read by another: both must agree.</summary>
public sealed class JournalJsonTests
{
    [Fact]
    public void What_is_written_is_what_the_reader_would_write()
    {
        JournalEntry[] entries =
        [
            new("started", null, null, null, null, null, null)
            {
                Job = JobId.New(), At = 0.25, Stages = [new StageSpec("map", 3, [0], 1, true)],
            },
            new("ordered", null, null, null, null, null, null)
            {
                Order = new JobOrder
                {
                    Id = JobId.New(),
                    Job = "sort",
                    Name = "nightly \"sort\"",
                    Arguments = new Dictionary<string, string[]> { ["input"] = ["/a", "/ü"] },
                    Partitions = 4,
                    OrderedAt = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc),
                },
            },
            new("attempt", 1, 2, 3, "silo-1", null, null) { At = 1.5, Overtakes = 2 },
            new("won", 1, 2, 3, "silo-1", new AttemptResult
            {
                Runs = 2,
                Written = [new RecordSum(7, UInt128.MaxValue), new RecordSum(0, UInt128.MinValue)],
                Read = [new RecordSum(8, new Hash128(1, 2))],
                Value = [1, 2, 3],
            }, null)
            {
                Outcome =
                    new TaskOutcome
                    {
                        RecordsIn = 5,
                        Source = new RecordSum(9, new Hash128(3, 4)),
                        Combined = new CombineCount(4, 2),
                    },
            },
            new("failed", null, null, null, null, null, SluiceErrors.Cancelled("sort")),
        ];

        foreach (JournalEntry entry in entries)
        {
            string written = Journal.TextOf([entry]).TrimEnd('\n');

            Assert.Equal(JsonSerializer.Serialize(entry, CoordinationJson.Default.JournalEntry), written);
            JournalEntry read = JsonSerializer.Deserialize(written, CoordinationJson.Default.JournalEntry)!;
            Assert.Equal(written, JsonSerializer.Serialize(read, CoordinationJson.Default.JournalEntry));
        }
    }
}
