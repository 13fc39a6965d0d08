namespace Sluice.Engine.Tests;

public sealed class CoordinatorSimulationTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(2000)]
    [InlineData(3000)]
    public void Jobs_end_rightly_whatever_happens_to_their_workers(int firstSeed)
    {
        int seeds = LongRun.IsOn ? 1000 : 100;
        int succeeded = 0;
        int overtaking = 0;
        for (int seed = firstSeed; seed < firstSeed + seeds; seed++)
        {
            SimulatedCluster cluster = new(seed);
            try
            {
                cluster.Run();
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed}: {e.Message}", e);
            }

            overtaking += cluster.Oracle.Overtaking;
            succeeded += cluster.Oracle.Finished!.Failure is null ? 1 : 0;
        }

        // Both ends are met, else the simulation is too kind or too cruel to prove anything.
        Assert.InRange(succeeded, seeds / 5, seeds - 1);
        Assert.InRange(overtaking, seeds / 20, 20 * seeds);
    }
}
