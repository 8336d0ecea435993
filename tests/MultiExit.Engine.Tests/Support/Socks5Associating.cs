using System.Text;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Support;

/// <summary>Asks a server's SOCKS5 for UDP associations.</summary>
internal static class Socks5Associating
{
    /// <summary>Asks for an association; it lives as long as the connection.</summary>
    /// <param name="gateway">The server; its first listener speaks SOCKS5.</param>
    /// <param name="user">The user that logs in, with the password <c>secret</c>; null: none.</param>
    /// <returns>The connection, and the server's reply (RFC 1928 section 6).</returns>
    public static async Task<(SocketStream Client, byte Reply)> AssociateAsync(TestGateway gateway, string? user = null)
    {
        SocketStream client = await gateway.ConnectAsync();
        byte[] login = user is null ? [5, 1, 0] : [5, 1, 2, 1, (byte)user.Length, .. Encoding.ASCII.GetBytes(user), 6, .. "secret"u8];
        await client.WriteAsync((byte[])[.. login, 5, 3, 0, 1, 0, 0, 0, 0, 0, 0]);
        byte[] answer = new byte[(user is null ? 2 : 4) + 10];
        await client.ReadExactlyAsync(answer).AsTask().WaitAsync(TestTransports.Patience);
        return (client, answer[^9]);
    }
}
