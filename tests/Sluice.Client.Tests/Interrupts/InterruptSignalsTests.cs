namespace Sluice.Client.Tests;

public sealed class InterruptSignalsTests
{
    [Fact]
    public async Task The_first_signal_cancels_and_keeps_its_exit_code_the_second_ends_at_once()
    {
        List<int> ended = [];
        using InterruptSignals signals = new(ended.Add);
        TaskCompletionSource cancelled = new();
        using CancellationTokenRegistration registration = signals.Token.Register(cancelled.SetResult);
        Assert.Null(signals.ExitCode);

        signals.Take(143);
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        Assert.Equal(143, signals.ExitCode);
        Assert.Empty(ended);

        signals.Take(130);

        Assert.Equal([130], ended);
        Assert.Equal(143, signals.ExitCode);
    }

    [Fact]
    public async Task A_terminal_that_hangs_up_several_times_cancels_and_does_not_end_at_once()
    {
        List<int> ended = [];
        using InterruptSignals signals = new(ended.Add);
        TaskCompletionSource cancelled = new();
        using CancellationTokenRegistration registration = signals.Token.Register(cancelled.SetResult);

        signals.HangUp();
        signals.HangUp();
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        Assert.Equal(129, signals.ExitCode);
        Assert.Empty(ended);

        signals.Take(130);

        Assert.Equal([130], ended);
    }
}
