using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Sluice.Cluster.Tests;

/// <summary>A console that is interrupted before a cluster has answered.</summary>
public sealed class ConnectingTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(40);

    [Theory]
    [InlineData("jobs ls")]
    [InlineData("jobs wait 00000000000000000000000000000001")]
    public async Task Ctrl_c_while_a_gateway_does_not_answer_cancels(string call)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        string folder = Directory.CreateTempSubdirectory("sluice-connecting-").FullName;
        using TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();
        using Process process = ConsoleProcess.Start(
            folder, [.. call.Split(' '), "--cluster", silent.LocalEndpoint.ToString()!]);
        using TcpClient connected =
            await silent.AcceptTcpClientAsync(cancellation).AsTask().WaitAsync(Deadline, cancellation);

        DevProcesses.Signal("INT", process.Id);
        string error = await process.StandardError.ReadToEndAsync(cancellation).WaitAsync(Deadline, cancellation);
        await process.WaitForExitAsync(cancellation).WaitAsync(Deadline, cancellation);

        Assert.True(process.ExitCode == 130, $"{process.ExitCode}: {error}");
        Assert.DoesNotContain("error", error, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }
}
