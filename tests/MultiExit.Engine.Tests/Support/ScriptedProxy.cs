using System.Net;
using System.Threading.Channels;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Support;

/// <summary>A proxy on a loopback port that does what the test says, connection by connection.</summary>
internal sealed class ScriptedProxy : IDisposable
{
    private readonly ISocketListener _listener = new PortableTransport().Listen(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly Channel<TestClient> _accepted = Channel.CreateUnbounded<TestClient>();

    public ScriptedProxy() => _ = AcceptAsync();

    public IPEndPoint EndPoint => _listener.LocalEndPoint;

    public Task<TestClient> AcceptedAsync() => _accepted.Reader.ReadAsync().AsTask().WaitAsync(TestTransports.Patience);

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        while (await _listener.AcceptAsync() is { } socket) _accepted.Writer.TryWrite(new TestClient(socket));
    }
}
