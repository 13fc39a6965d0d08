using Sluice.Buffers;
using Sluice.Sorting;

namespace Sluice.Exchange;

/// <summary>Serves fetches from the outputs of the same silo: blocks in memory are handed over, not copied.</summary>
/// <remarks>
/// Reads from files go straight into the segments that the consumer reserved: on its own thread when it waits for them,
/// and on another when it asks ahead.
/// </remarks>
public sealed class InProcessTransport : IExchangeTransport
{
    private readonly ResultPartitionStore _outputs;

    /// <param name="outputs">The silo's outputs.</param>
    public InProcessTransport(ResultPartitionStore outputs)
    {
        _outputs = outputs;
        ReaderThreads.Prepare();
    }

    public ValueTask<FetchReply> FetchAsync(FetchRequest request, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<FetchReply>(cancellationToken);
        }

        return request.IsAhead
            ? new ValueTask<FetchReply>(FetchBeside(request))
            : new ValueTask<FetchReply>(Fetch(request));
    }

    public WaitKind? WaitOf(ChannelId channel, string where)
    {
        using OutputUse? use = _outputs.Use(channel.Output);
        return use?.Output.WaitsForDevice(channel.Run, channel.Subpartition) == true ? WaitKind.SpillRead : null;
    }

    public void Close(ChannelId channel, string where) =>
        _outputs.Find(channel.Output)?.Close(channel.Run, channel.Subpartition, channel.Reader);

    private Task<FetchReply> FetchBeside(FetchRequest request) =>
        Task.Run(() => Fetch(request), CancellationToken.None);

    private FetchReply Fetch(FetchRequest request)
    {
        ChannelId channel = request.Channel;
        using OutputUse? use = _outputs.Use(channel.Output);
        if (use is null)
        {
            return new FetchReply(
                FetchStatus.NotFound, request.FromSequence, [], 0, $"the output of {channel.Output} is not here");
        }

        try
        {
            Subpartition view = use.Output.View(channel.Run, channel.Subpartition, channel.Reader);
            (IReadOnlyList<Block> blocks, int backlog) = view.Read(request.FromSequence, request.Credits);
            FetchStatus status = backlog == 0 ? FetchStatus.EndOfPartition : FetchStatus.Data;
            return new FetchReply(status, request.FromSequence, blocks, backlog, view.Source);
        }
        catch (Exception exception) when (IsOfOutput(exception))
        {
            return new FetchReply(FetchStatus.Failed, request.FromSequence, [], 0, exception.Message);
        }
    }

    // That the process may open no more files says nothing about the output.
    private static bool IsOfOutput(Exception exception) =>
        exception is IOException or UnauthorizedAccessException && !ProcessLimits.IsReached(exception);
}
