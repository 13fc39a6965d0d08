namespace Sluice.Buffers;

/// <summary>What a task's thread waits for.</summary>
public enum WaitKind
{
    /// <summary>A read of an input file.</summary>
    Input,

    /// <summary>A read of a spill file on this machine, of its own or of a producer's.</summary>
    SpillRead,

    /// <summary>Blocks of another silo.</summary>
    Fetch,

    /// <summary>A segment of a pool.</summary>
    Memory,

    /// <summary>A spill file's write, or the spiller that makes one.</summary>
    Spill,

    /// <summary>The write of a part.</summary>
    Output,
}
