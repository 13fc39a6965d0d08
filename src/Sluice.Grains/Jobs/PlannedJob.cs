using Sluice.Engine;

namespace Sluice.Grains;

/// <summary>A job as one coordinator has it done.</summary>
/// <param name="Order">How it was ordered.</param>
/// <param name="Preparation">As it is planned on the coordinator's silo.</param>
/// <param name="Epoch">Of the coordinator: the first has 1, who goes on after it has the next.</param>
internal sealed record PlannedJob(JobOrder Order, JobPreparation Preparation, int Epoch);
