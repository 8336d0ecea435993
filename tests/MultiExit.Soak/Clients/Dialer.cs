using System.Net;

namespace MultiExit.Soak.Clients;

/// <summary>Opens sessions through the near server.</summary>
internal sealed class Dialer(IReadOnlyDictionary<Entrance, IPEndPoint> entrances)
{
    public const string Password = "soak-password";

    public IPEndPoint this[Entrance entrance] => entrances[entrance];

    public async Task<Connection> DialAsync(Way way, IPEndPoint target, CancellationToken cancellationToken, string password = Password)
    {
        target = way.Exit.Detour ?? target;
        if (way.Entrance == Entrance.WebSocket)
            return await WebSocketConnection.ConnectAsync(this[way.Entrance], way.Exit.Name, password, target, cancellationToken);
        TcpConnection connection = await TcpConnection.ConnectAsync(this[way.Entrance], cancellationToken);
        try
        {
            if (way.Entrance is Entrance.Http or Entrance.MixedHttp)
                await Handshakes.HttpConnectAsync(connection, target, way.Exit.Name, password, cancellationToken);
            else if (!way.IsForward)
                await Handshakes.Socks5Async(connection, Handshakes.Connect, target, way.Exit.Name, password, cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
