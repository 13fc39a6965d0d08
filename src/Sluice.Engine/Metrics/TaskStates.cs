namespace Sluice.Engine;

/// <summary>The words for what a task does with its time.</summary>
internal static class TaskStates
{
    public const string Busy = "busy";
    public const string BackPressured = "back-pressured";
    public const string Idle = "idle";
}
