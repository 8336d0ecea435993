using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.ProxyProtocol;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Exits;

/// <summary>Sends the header of the PROXY protocol on a connection that an exit has opened, before anything else goes there.</summary>
internal static class ProxyHeaderWriter
{
    /// <summary>Sends it in one piece.</summary>
    /// <param name="version">The version; nothing is sent for none.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="request">Whose it is; null: the server's own, such as a probe.</param>
    /// <param name="server">Where it leads to, where the connection itself does not say.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="IOException">The connection broke.</exception>
    public static async ValueTask SendAsync(
        SendProxy version, DuplexStream connection, RequestInfo? request, Destination server, CancellationToken cancellationToken)
    {
        if (version == SendProxy.None) return;
        byte[] header = new byte[ProxyHeaderV1.MaxLength];
        IPEndPoint? source = request?.Client;
        IPEndPoint? destination = source is null ? null : (connection as SocketStream)?.RemoteEndPoint ?? EndPointOf(server, source.AddressFamily);
        int length = version == SendProxy.V1 ? ProxyHeaderV1.Write(header, source, destination) : ProxyHeaderV2.Write(header, source, destination);
        await connection.WriteAsync(header.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
    }

    // Behind another proxy a name is resolved there: its address is not known here.
    private static IPEndPoint EndPointOf(Destination server, AddressFamily family) =>
        new(server.Address ?? (family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any), server.Port);
}
