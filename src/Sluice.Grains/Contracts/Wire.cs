using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Sluice.Jobs;

namespace Sluice.Grains;

/// <summary>
/// A value of the engine on its way between processes, as JSON: the journal's own form, additive by nature.
/// </summary>
/// <remarks>For control only; data has a codec of its own.</remarks>
[GenerateSerializer, Immutable, Alias("sluice.document")]
public sealed class WireDocument
{
    [Id(0)]
    public byte[] Json { get; init; } = [];

    internal static WireDocument Of<T>(T value, JsonTypeInfo<T> type) =>
        new() { Json = JsonSerializer.SerializeToUtf8Bytes(value, type) };

    internal T Read<T>(JsonTypeInfo<T> type) => JsonSerializer.Deserialize(Json, type)!;
}

/// <summary>A failure as it crosses processes.</summary>
[GenerateSerializer, Immutable, Alias("sluice.failure")]
public sealed class WireFailure
{
    [Id(0)]
    public string Code { get; init; } = "";

    [Id(1)]
    public int Kind { get; init; }

    [Id(2)]
    public string What { get; init; } = "";

    [Id(3)]
    public string Where { get; init; } = "";

    [Id(4)]
    public string Help { get; init; } = "";

    /// <summary>The whole cause with its stack, for -v.</summary>
    [Id(5)]
    public string Detail { get; init; } = "";

    public SluiceError ToError() => new(Code, (ErrorKind)Kind, What, Where, Help);

    internal static WireFailure Of(SluiceError error, string detail = "") => new()
    {
        Code = error.Code,
        Kind = (int)error.Kind,
        What = error.What,
        Where = error.Where,
        Help = error.Help,
        Detail = detail,
    };
}

/// <summary>One attempt of one task of one job, on the wire.</summary>
[GenerateSerializer, Immutable, Alias("sluice.attempt")]
public readonly record struct WireAttempt
{
    [Id(0)]
    public Guid Job { get; init; }

    [Id(1)]
    public int Stage { get; init; }

    [Id(2)]
    public int Task { get; init; }

    [Id(3)]
    public int Attempt { get; init; }

    internal AttemptId Id => new(new TaskId(new StageId(Stage), Task), Attempt);

    internal Exchange.OutputId Output => new(Job, Stage, Task, Attempt);

    internal static WireAttempt Of(JobId job, AttemptId attempt) => new()
    {
        Job = job.Value,
        Stage = attempt.Task.Stage.Value,
        Task = attempt.Task.Index,
        Attempt = attempt.Number,
    };

    internal static WireAttempt Of(Exchange.OutputId output) => new()
    {
        Job = output.Job,
        Stage = output.Stage,
        Task = output.Task,
        Attempt = output.Attempt,
    };
}
