using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using Microsoft.AspNetCore.Builder;
using Sluice.Jobs;
using Sluice.Silo;

namespace Sluice.Client;

/// <summary>The ports of a cluster on one machine: a row of each kind, the primary's first.</summary>
internal sealed record DevPorts(int Silo, int Gateway, int Health)
{
    private const int NextRow = 100;

    /// <exception cref="SluiceException">Another process listens on one of them.</exception>
    public void Check(int processes)
    {
        HashSet<int> taken =
            [.. IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(end => end.Port)];
        foreach ((string option, int first) in
            new[] { ("--silo-port", Silo), ("--gateway-port", Gateway), ("--health-port", Health) })
        {
            if (first is < 1 || first + processes > ushort.MaxValue)
            {
                throw new SluiceException(ConsoleErrors.BadValue(
                    first.ToString(CultureInfo.InvariantCulture), "a port from 1 to 65000", option, "30000"));
            }

            if (Enumerable.Range(first, processes).FirstOrDefault(taken.Contains) is > 0 and int port)
            {
                int other = first;
                while (Enumerable.Range(other, processes).Any(taken.Contains))
                {
                    other += NextRow;
                }

                throw new SluiceException(ConsoleErrors.PortTaken(port, option, other));
            }
        }
    }
}

/// <summary>
/// A primary without slots in this process, which holds the membership, and silos in processes of their own.
/// </summary>
/// <remarks>
/// Any of the silo processes may die. They end when this process does, however it ends: each reads from a pipe that
/// closes then.
/// </remarks>
internal sealed class DevCluster(
    string root,
    int silos,
    int slots,
    long memoryBytes,
    IReadOnlyList<string> spillDirectories,
    IReadOnlyList<string> assemblies,
    DevPorts ports)
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(20);

    private readonly List<Process> _children = [];

    private string State => Path.Combine(root, ".sluice");

    /// <param name="call">Where it prints.</param>
    /// <param name="jobs">What the primary knows; the silos load the same assemblies.</param>
    /// <param name="cancellationToken">Ends the cluster.</param>
    /// <returns>The exit code: 0 after Ctrl-C.</returns>
    public async Task<int> RunAsync(
        VerbCall call, IReadOnlyList<JobAssembly> jobs, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.Combine(State, "logs"));
        await using WebApplication primary = SiloProgram.Build(
            [.. Arguments(0, 0).Select(argument => $"--{argument}")],
            options => JobAssembliesOption.AddTo(options.Jobs, jobs));
        await primary.StartAsync(cancellationToken);
        try
        {
            for (int silo = 1; silo <= silos; silo++)
            {
                _children.Add(Start(silo));
            }

            await AwaitReadyAsync(cancellationToken);
            Print(call, jobs);
            await WatchAsync(call, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            call.Hint("stopping");
        }
        finally
        {
            await StopAsync();
            await primary.StopAsync(CancellationToken.None);
        }

        return 0;
    }

    private IEnumerable<string> Arguments(int silo, int ownSlots)
    {
        yield return $"Orleans:Name={(silo == 0 ? "primary" : $"silo-{silo}")}";
        yield return $"Orleans:Endpoints:SiloPort={ports.Silo + silo}";
        yield return $"Orleans:Endpoints:GatewayPort={ports.Gateway + silo}";
        yield return $"Orleans:Clustering:PrimarySiloEndPoint=127.0.0.1:{ports.Silo}";
        yield return $"Urls=http://127.0.0.1:{ports.Health + silo}";
        if (silo == 0)
        {
            yield return "Logging:LogLevel:Default=Error";
            yield return "Logging:LogLevel:Sluice=Error";

            // What Orleans says of a silo that died, dev says in one line.
            yield return "Logging:LogLevel:Orleans=Critical";
        }

        yield return "Sluice:Metrics=true";
        yield return $"Sluice:Slots={ownSlots}";
        yield return $"Sluice:MemoryBytes={(silo == 0 ? 16 << 20 : memoryBytes)}";
        yield return $"Sluice:HistoryDirectory={Path.Combine(State, "jobs")}";
        for (int directory = 0; directory < spillDirectories.Count; directory++)
        {
            yield return $"Sluice:SpillDirectories:{directory}={spillDirectories[directory]}";
        }
    }

    private Process Start(int silo)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!)
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = root,
        };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(DevCluster).Assembly.Location);
        }

        start.ArgumentList.Add("silo");
        start.ArgumentList.Add("run");
        foreach (string argument in Arguments(silo, slots).Append("stop-with-stdin=true"))
        {
            start.ArgumentList.Add("--set");
            start.ArgumentList.Add(argument);
        }

        foreach (string assembly in assemblies)
        {
            start.ArgumentList.Add("--assembly");
            start.ArgumentList.Add(assembly);
        }

        Process process = Process.Start(start)!;
        StreamWriter log = File.CreateText(Path.Combine(State, "logs", $"silo-{silo}.log"));
        log.AutoFlush = true;
        TextWriter shared = TextWriter.Synchronized(log);
        process.OutputDataReceived += (_, line) => Log(shared, line.Data);
        process.ErrorDataReceived += (_, line) => Log(shared, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    // A line that finds no room is lost: on a full disk jobs wait, and what runs them must not end.
    private static void Log(TextWriter log, string? line)
    {
        try
        {
            log.WriteLine(line);
        }
        catch (IOException)
        {
            // The next one may find room.
        }
    }

    private async Task AwaitReadyAsync(CancellationToken cancellationToken)
    {
        using HttpClient http = new();
        for (int silo = 1; silo <= silos; silo++)
        {
            Uri ready = new($"http://127.0.0.1:{ports.Health + silo}/health/ready");
            while (true)
            {
                if (_children[silo - 1].HasExited)
                {
                    throw new SluiceException(ConsoleErrors.SiloEnded(
                        $"silo-{silo}", _children[silo - 1].ExitCode, Path.Combine(State, "logs", $"silo-{silo}.log")));
                }

                try
                {
                    using HttpResponseMessage answer = await http.GetAsync(ready, cancellationToken);
                    if (answer.StatusCode == HttpStatusCode.OK)
                    {
                        break;
                    }
                }
                catch (HttpRequestException)
                {
                    // It does not listen yet.
                }

                await Task.Delay(50, cancellationToken);
            }
        }
    }

    private void Print(VerbCall call, IReadOnlyList<JobAssembly> jobs)
    {
        TextWriter console = call.Terminal.Out;
        console.WriteLine(
            $"cluster   {silos} {Plural.Of(silos, "silo")} with {slots} {Plural.Of(slots, "slot")} and " +
                $"{ByteText.OfBytes(memoryBytes)} each");
        console.WriteLine($"gateway   127.0.0.1:{ports.Gateway}");
        for (int silo = 1; silo <= silos; silo++)
        {
            console.WriteLine(
                $"silo-{silo}    process {_children[silo - 1].Id}, gateway 127.0.0.1:{ports.Gateway + silo}");
        }

        console.WriteLine(
            $"metrics   http://127.0.0.1:{ports.Health + 1}/metrics, and of each silo on the ports behind");
        if (jobs.Count > 0)
        {
            console.WriteLine($"jobs      {string.Join(", ", jobs.Select(assembly => assembly.Listing))}");
        }

        console.WriteLine($"root      {root} (logs and history in {State})");
        console.WriteLine($"try       sluice sort FILE --out DIR --cluster 127.0.0.1:{ports.Gateway}");
        console.WriteLine("stop      Ctrl-C");
        console.Flush();
    }

    private async Task WatchAsync(VerbCall call, CancellationToken cancellationToken)
    {
        HashSet<int> ended = [];
        while (true)
        {
            for (int silo = 1; silo <= silos; silo++)
            {
                Process child = _children[silo - 1];
                if (child.HasExited && ended.Add(silo))
                {
                    call.Hint($"silo-{silo} (process {child.Id}) has ended with {child.ExitCode}; the others go on");
                }
            }

            await Task.Delay(200, cancellationToken);
        }
    }

    private async Task StopAsync()
    {
        foreach (Process child in _children.Where(child => !child.HasExited))
        {
            child.StandardInput.Close();
        }

        using CancellationTokenSource patience = new(StopPatience);
        foreach (Process child in _children)
        {
            try
            {
                await child.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                child.Kill();
            }

            child.Dispose();
        }
    }
}
