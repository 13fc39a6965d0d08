namespace Sluice.Observability;

/// <summary>Names of what happens within spans.</summary>
public static class EventNames
{
    /// <summary>A silo is gone, with the attempts that ran there and the outputs it held.</summary>
    public const string SiloLost = "sluice.silo_lost";
}
