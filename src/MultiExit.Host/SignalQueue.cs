using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace MultiExit.Host;

/// <summary>SIGTERM, SIGINT and SIGHUP, in the order they come.</summary>
internal sealed class SignalQueue : IDisposable
{
    private readonly Channel<HostSignal> _channel = Channel.CreateUnbounded<HostSignal>();
    private readonly PosixSignalRegistration[] _registrations;

    public SignalQueue() => _registrations =
    [
        Register(PosixSignal.SIGTERM, HostSignal.Stop),
        Register(PosixSignal.SIGINT, HostSignal.Stop),
        Register(PosixSignal.SIGHUP, HostSignal.HangUp),
    ];

    public Task<HostSignal> NextAsync() => _channel.Reader.ReadAsync().AsTask();

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
    }

    private PosixSignalRegistration Register(PosixSignal signal, HostSignal meaning) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            _channel.Writer.TryWrite(meaning);
        });
}
