using System.Runtime.InteropServices;

namespace Sluice.Client;

/// <summary>
/// Turns Ctrl-C, SIGTERM and the terminal's end (SIGHUP) into a cancellation; a second Ctrl-C or SIGTERM ends the
/// process at once.
/// </summary>
/// <remarks>Threading: signals come on threads of the runtime, at any time.</remarks>
internal sealed class InterruptSignals : IDisposable
{
    private const int AfterHangUp = 129;
    private const int AfterInterrupt = 130;
    private const int AfterTerminate = 143;

    private readonly CancellationTokenSource _cancellation = new();
    private readonly Action<int> _endAtOnce;
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _exitCode;

    /// <param name="endAtOnce">Ends the process with an exit code; gets the second signal.</param>
    public InterruptSignals(Action<int> endAtOnce)
    {
        _endAtOnce = endAtOnce;
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _cancellation.Token;

    /// <summary>What the process must end with once it was interrupted; null before.</summary>
    public int? ExitCode => Volatile.Read(ref _exitCode) is not 0 and int code ? code : null;

    /// <summary>Listens from now on.</summary>
    public void Listen()
    {
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Take(signal, AfterInterrupt)));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Take(signal, AfterTerminate)));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            HangUp();
        }));
    }

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _cancellation.Dispose();
    }

    internal void Take(int exitCode)
    {
        if (!TryCancel(exitCode))
        {
            _endAtOnce(exitCode);
        }
    }

    // A terminal that is closed hangs up several times: the kernel does, and the shell that it told first.
    internal void HangUp() => TryCancel(AfterHangUp);

    private bool TryCancel(int exitCode)
    {
        if (Interlocked.CompareExchange(ref _exitCode, exitCode, 0) != 0)
        {
            return false;
        }

        // What cancellation calls must not delay a second signal.
        _ = _cancellation.CancelAsync();
        return true;
    }

    private void Take(PosixSignalContext signal, int exitCode)
    {
        signal.Cancel = true;
        Take(exitCode);
    }
}
