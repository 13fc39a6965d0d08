namespace Sluice.Client.Tests;

public sealed class PlainProgressTests
{
    [Fact]
    public async Task Report_writes_one_line_every_five_seconds_at_most()
    {
        StringWriter writer = new() { NewLine = "\n" };
        HandTime time = new();
        await using PlainProgress progress = new(writer, time);

        foreach (double second in (double[])[0, 4.9, 5, 5.1, 9.9, 10.1])
        {
            time.Now = TimeSpan.FromSeconds(second);
            progress.Report(new ProgressState("sort map", $"at {second:0.0}", 1 << 20, 4 << 20, time.Now));
        }

        Assert.Equal(
            "sluice: sort map: at 5.0, 1 MiB of 4 MiB, 204.8 KiB/s, 15.0 s left\n" +
            "sluice: sort map: at 10.1, 1 MiB of 4 MiB, 101.4 KiB/s, 30.3 s left\n",
            writer.ToString());
    }

    /// <summary>Time that only the test moves.</summary>
    private sealed class HandTime : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
