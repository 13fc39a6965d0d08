using Sluice.Exchange;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>Turns what a layer threw into what a user can act on, and says whether another try could help.</summary>
internal static class FailureTranslation
{
    /// <summary>The failure of a task's attempt.</summary>
    /// <param name="exception">What it threw.</param>
    /// <param name="where">The attempt.</param>
    /// <param name="slots">Tasks that share the memory, to say how much a record would need.</param>
    /// <returns>The error, and whether the same task may succeed when it is tried again.</returns>
    public static (SluiceError Error, bool CanRetry) OfAttempt(
        Exception exception, string where, int slots) => exception switch
    {
        SluiceException known => (known.Error, false),
        InputChangedException changed => (SluiceErrors.InputChanged(changed.Path, changed.Message), false),
        InputRecordTooLargeException large => (
            SluiceErrors.RecordTooLarge(large.Path, large.Offset, large.Length, large.Limit, 2 * large.Length * slots),
            false),
        RecordTooLargeException large => (
            SluiceErrors.ItemTooLarge(where, large.Length, large.Limit, 2 * large.Length * slots), false),
        GroupTooLargeException large => (
            SluiceErrors.GroupTooLarge(where, large.KeyLength, large.Walked, large.Kept, large.TaskMemory * slots),
            false),
        OutputLostException lost => (SluiceErrors.TaskInputOutput(where, lost.Message), true),
        ItemCodecException codec => (SluiceErrors.ItemUnencodable(where, codec.Message), false),
        _ when MissingAssembly.Of(exception) is { } missing => (SluiceErrors.AssemblyMissing(missing, where), true),
        _ when ProcessLimits.IsReached(exception) => (SluiceErrors.ProcessLimit(where, exception.Message), true),
        IOException or UnauthorizedAccessException when !OperatorCode.Threw(exception) =>
            exception is IOException io && DiskWait.IsFull(io)
                ? (SluiceErrors.DiskFull(io.Message), false)
                : (SluiceErrors.TaskInputOutput(where, exception.Message), true),
        _ => (SluiceErrors.OperatorFailed(where, OperatorCode.Describe(exception)), true),
    };

    /// <summary>A failure outside of tasks: directories, planning.</summary>
    public static SluiceException OfJob(Exception exception) => exception switch
    {
        SluiceException known => known,
        OutputRefusedException refused => new SluiceException(OfOutput(refused), refused),
        SpillDirectoryException spill =>
            new SluiceException(SluiceErrors.SpillDirectoryUnusable(spill.Where, spill.What), spill),
        IOException io when DiskWait.IsFull(io) => new SluiceException(SluiceErrors.DiskFull(io.Message), io),
        _ when ProcessLimits.IsReached(exception) =>
            new SluiceException(SluiceErrors.ProcessLimit("the job", exception.Message), exception),
        _ => new SluiceException(SluiceErrors.OutputUnwritable("the job", exception.Message), exception),
    };

    private static SluiceError OfOutput(OutputRefusedException refused) => refused.Reason switch
    {
        OutputRefusal.Exists => SluiceErrors.OutputExists(refused.Where),
        OutputRefusal.InUse => SluiceErrors.OutputBusy(refused.Where),
        OutputRefusal.NotADirectory =>
            SluiceErrors.OutputExists(refused.Where) with { What = refused.What, Help = refused.Help },
        _ => SluiceErrors.OutputUnwritable(refused.Where, refused.What) with { Help = refused.Help },
    };
}
