using Sluice.Jobs;

namespace Sluice.UserJobs;

/// <summary>Throws where it is defined.</summary>
public sealed class Undefined : IJob
{
    public void Define(JobBuilder job) => throw new NotSupportedException("no such job today");
}

/// <summary>Throws where records are.</summary>
public sealed class Throwing : IJob
{
    public void Define(JobBuilder job) => job
        .Read(RecordFormat.Lines, job.Arguments.GetAll("input"))
        .Where(line => line.Length > 0 ? throw new InvalidDataException("this line cannot be") : true)
        .OrderBy(ByteKey.Whole)
        .Write(job.Arguments.Get("out"), RecordFormat.Lines);
}

/// <summary>Throws where it is made.</summary>
public sealed class Unmade : IJob
{
    public Unmade() => throw new InvalidOperationException("not on a Sunday");

    public void Define(JobBuilder job) => throw new NotSupportedException();
}

/// <summary>Cannot be made without knowing more.</summary>
public sealed class Demanding(string what) : IJob
{
    public void Define(JobBuilder job) => throw new NotSupportedException(what);
}

/// <summary>Is the half of a job.</summary>
public abstract class Half : IJob
{
    public abstract void Define(JobBuilder job);
}

/// <summary>Is many jobs.</summary>
public sealed class Generic<T> : IJob
{
    public void Define(JobBuilder job) => throw new NotSupportedException(typeof(T).Name);
}

/// <summary>Has forgotten to be a job.</summary>
public sealed class Forgetful
{
    public static void Define(JobBuilder job) => job.Read(RecordFormat.Lines, "in");
}
