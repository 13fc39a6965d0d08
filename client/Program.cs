using Sluice.Client;

using InterruptSignals signals = new(Environment.Exit);
return await new SluiceConsole(Terminal.Open(), signals).RunAsync(args);
