using System.Text.Json;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine.Tests;

/// <summary>The end of an attempt as it is told to a coordinator in another process.</summary>
public class AttemptEndTests
{
    [Fact]
    public void Every_count_of_an_outcome_survives_the_way_to_another_process()
    {
        TaskOutcome outcome = new()
        {
            RecordsIn = 1,
            BytesIn = 2,
            RecordsOut = 3,
            BytesOut = 4,
            Spills = 5,
            SpilledBytes = 6,
            MergePasses = 7,
            RewrittenBytes = 8,
            Combined = new CombineCount(9, 10),
            Times = new PhaseTimes(11, 12, 13, 14, 15, 16, 17, 18),
            Source = new RecordSum(19, UInt128.MaxValue),
            Sink = new RecordSum(20, new Hash128(0, 21)),
        };
        AttemptEnd end = AttemptEnd.Succeeded(new AttemptId(new TaskId(new StageId(1), 2), 3), outcome);

        string json = JsonSerializer.Serialize(end, CoordinationJson.Default.AttemptEnd);
        AttemptEnd told = JsonSerializer.Deserialize(json, CoordinationJson.Default.AttemptEnd)!;

        Assert.Equal(end.Attempt, told.Attempt);
        Assert.Equal(outcome, told.Outcome);
    }

    [Fact]
    public void What_an_older_process_did_not_count_is_nothing()
    {
        const string Json =
            """{"attempt":{"task":{"stage":{"value":1},"index":2},"number":3},"outcome":{"spills":5,"times":{"tasks":6}}}""";

        AttemptEnd told = JsonSerializer.Deserialize(Json, CoordinationJson.Default.AttemptEnd)!;

        Assert.Equal(new TaskOutcome { Spills = 5, Times = PhaseTimes.Zero with { Tasks = 6 } }, told.Outcome);
    }
}
