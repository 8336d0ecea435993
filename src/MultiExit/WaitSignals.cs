using System.Runtime.InteropServices;

namespace MultiExit;

/// <summary>SIGTERM and SIGINT while a cmdlet waits for its server, as the console host takes them: the first asks for a stop, the second
/// for one at once.</summary>
internal sealed class WaitSignals : IDisposable
{
    private static int _waiting;

    private readonly TaskCompletionSource<PosixSignal> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _second = new();
    private readonly PosixSignalRegistration[] _registrations;

    public WaitSignals()
    {
        Interlocked.Increment(ref _waiting);
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal), PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal)];
    }

    /// <summary>Whether anything waits in this process.</summary>
    public static bool AreAwaited => Volatile.Read(ref _waiting) > 0;

    /// <summary>The first signal.</summary>
    public Task<PosixSignal> First => _first.Task;

    /// <summary>Canceled by the second signal.</summary>
    public CancellationToken Second => _second.Token;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
        Interlocked.Decrement(ref _waiting);
        _second.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_first.TrySetResult(context.Signal)) return;
        try
        {
            _second.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The wait ended at the same moment.
        }
    }
}
