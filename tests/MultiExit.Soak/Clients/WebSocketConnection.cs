using System.Globalization;
using System.Net;
using System.Net.WebSockets;

namespace MultiExit.Soak.Clients;

/// <summary>A session through a WebSocket proxy, on the WebSocket of the platform. It knows no half-close: the end of one direction is
/// that of both.</summary>
internal sealed class WebSocketConnection(ClientWebSocket socket) : Connection
{
    public static async Task<WebSocketConnection> ConnectAsync(
        IPEndPoint proxy, string user, string password, IPEndPoint target, CancellationToken cancellationToken)
    {
        ClientWebSocket socket = new();
        socket.Options.SetRequestHeader("X-Proxy-Target-Host", target.Address.ToString());
        socket.Options.SetRequestHeader("X-Proxy-Target-Port", target.Port.ToString(CultureInfo.InvariantCulture));
        socket.Options.SetRequestHeader("X-Proxy-Username", user);
        socket.Options.SetRequestHeader("X-Proxy-Password", password);
        socket.Options.CollectHttpResponseDetails = true;
        try
        {
            await socket.ConnectAsync(new Uri($"ws://{proxy}/"), cancellationToken);
            return new WebSocketConnection(socket);
        }
        catch (WebSocketException) when (socket.HttpStatusCode >= HttpStatusCode.BadRequest)
        {
            using (socket) throw new RefusedException($"HTTP {(int)socket.HttpStatusCode}");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            ValueWebSocketReceiveResult result = await socket.ReceiveAsync(buffer, cancellationToken);
            if (result.MessageType == WebSocketMessageType.Close)
            {
                if (socket.CloseStatus == WebSocketCloseStatus.NormalClosure) return 0;
                // A dial that fails is told so: this client gets its 101 before the dial.
                throw new RefusedException($"closed with {(int?)socket.CloseStatus} {socket.CloseStatusDescription}");
            }
            if (result.Count > 0) return result.Count;
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        socket.SendAsync(bytes, WebSocketMessageType.Binary, true, cancellationToken);

    public override Task EndAsync(CancellationToken cancellationToken) =>
        socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);

    public override void Abort() => socket.Abort();

    public override ValueTask DisposeAsync()
    {
        socket.Dispose();
        return default;
    }
}
