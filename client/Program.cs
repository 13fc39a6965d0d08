using Sluice.Client;
using Sluice.Engine;

// The verbs that run a job: while the words are read, another processor compiles what job and report will need.
if (args is
    [SortCommand.VerbName or WordCountCommand.VerbName or RunCommand.VerbName or DemoCommand.VerbName, ..])
{
    WarmUp.Start(last: Tables.MakeReady);
}

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
