using System.Net;
using System.Net.Sockets;
using MultiExit.Host.Tests.EndToEnd.Namespaces;

namespace MultiExit.Host.Tests.EndToEnd.Fleet;

/// <summary>A target of the world that says first which address it sees, where asked to, and echoes then.</summary>
internal sealed class EchoWorld : IAsyncDisposable
{
    private readonly Socket _listener;

    /// <param name="world">The world.</param>
    /// <param name="saysSource">Whether it begins with the four bytes of the client's address.</param>
    public EchoWorld(NamespaceHost world, bool saysSource = false)
    {
        _listener = world.Make(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        _listener.Bind(new IPEndPoint(IPAddress.Parse(FleetNetwork.WorldAddress), 0));
        _listener.Listen(1000);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _ = ServeAsync(saysSource);
    }

    public int Port { get; }

    public ValueTask DisposeAsync()
    {
        _listener.Dispose();
        return default;
    }

    private async Task ServeAsync(bool saysSource)
    {
        try
        {
            while (true) _ = EchoAsync(await _listener.AcceptAsync(), saysSource);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private static async Task EchoAsync(Socket client, bool saysSource)
    {
        using Socket connection = client;
        byte[] buffer = new byte[16 * 1024];
        try
        {
            if (saysSource) await connection.SendAsync(((IPEndPoint)connection.RemoteEndPoint!).Address.GetAddressBytes());
            while (await connection.ReceiveAsync(buffer) is > 0 and int count) await connection.SendAsync(buffer.AsMemory(0, count));
        }
        catch (SocketException)
        {
            // The client says what it thinks of it.
        }
    }
}
