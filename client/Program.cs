using Sluice.Client;

using InterruptSignals signals = new(code =>
{
    LiveProgress.Abandon();
    Environment.Exit(code);
});
signals.Listen();
ConsoleHost host = new()
{
    Terminal = Terminal.Open(),
    Runner = new InProcessRunner(),
#if ORLEANS
    Clusters = new OrleansSupport(),
#endif
    Interrupted = signals.Token,
};
return await ConsoleApplication.RunAsync(host, args, () => signals.ExitCode);
