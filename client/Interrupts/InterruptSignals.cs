using System.Runtime.InteropServices;

namespace Sluice.Client;

/// <summary>Turns Ctrl-C and SIGTERM into a cancellation; the second one ends the process at once.</summary>
/// <remarks>Threading: signals come on threads of the runtime, at any time.</remarks>
internal sealed class InterruptSignals : IDisposable
{
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
    }

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _cancellation.Dispose();
    }

    internal void Take(int exitCode)
    {
        if (Interlocked.CompareExchange(ref _exitCode, exitCode, 0) == 0)
        {
            // What cancellation calls must not delay a second signal.
            _ = _cancellation.CancelAsync();
        }
        else
        {
            _endAtOnce(exitCode);
        }
    }

    private void Take(PosixSignalContext signal, int exitCode)
    {
        signal.Cancel = true;
        Take(exitCode);
    }
}
