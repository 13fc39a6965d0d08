namespace Sluice.Client.Tests;

/// <summary>Keeps every report.</summary>
internal sealed class RecordingProgress : IProgress<long>
{
    private readonly List<long> _reports = [];

    public IReadOnlyList<long> Reports => _reports;

    public void Report(long value)
    {
        lock (_reports)
        {
            _reports.Add(value);
        }
    }
}

/// <summary>Cancels the work as soon as there is any.</summary>
internal sealed class CancelAtFirstReport(CancellationTokenSource cancellation) : IProgress<long>
{
    public void Report(long value) => cancellation.Cancel();
}
