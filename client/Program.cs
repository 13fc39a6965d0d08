using Sluice.Client;

using InterruptSignals signals = new(code =>
{
    LiveProgress.Abandon();
    Environment.Exit(code);
});
signals.Listen();
Terminal terminal = Terminal.Open();
using ConsoleTelemetry telemetry = new(terminal.Error);
ConsoleHost host = new()
{
    Terminal = terminal,
    Telemetry = telemetry,
    Runner = new InProcessRunner(),
#if ORLEANS
    Clusters = new OrleansSupport(),
#endif
    Interrupted = signals.Token,
};
return await ConsoleApplication.RunAsync(host, args, () => signals.ExitCode);
