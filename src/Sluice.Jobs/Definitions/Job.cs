namespace Sluice.Jobs;

/// <summary>A job: a class that says what is read, what is done with it, and where it is written.</summary>
/// <remarks>
/// Define is called wherever the job is planned, with the same arguments; it must define the same each time.
/// </remarks>
public interface IJob
{
    /// <summary>Describes the job; nothing runs here.</summary>
    void Define(JobBuilder job);
}

/// <summary>Where a job's description begins.</summary>
public sealed class JobBuilder
{
    public JobBuilder(JobArguments arguments)
    {
        Arguments = arguments;
    }

    /// <summary>What the job was started with.</summary>
    public JobArguments Arguments { get; }

    /// <summary>The last step, when the job has one.</summary>
    public SinkNode? Sink { get; private set; }

    /// <summary>Reads records of files, directories and globs.</summary>
    public Dataset<ReadOnlySpan<byte>> Read(RecordFormat format, params IEnumerable<string> inputs) =>
        new(this, new ReadNode(format, [.. inputs]));

    internal void Finish(SinkNode sink)
    {
        if (Sink is not null)
        {
            throw new SluiceException(SluiceErrors.TwoOutputs(Sink.Directory, sink.Directory));
        }

        Sink = sink;
    }
}
