using System.Net;
using System.Text;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Matrix;

/// <summary>A client that writes its request by hand, and the answer that it gets.</summary>
internal static class FirstClient
{
    /// <summary>The answer in the protocol's own words: <c>05</c>, or <c>502 connection_refused</c>.</summary>
    /// <param name="protocol">socks5, http or websocket.</param>
    /// <param name="server">The server.</param>
    /// <param name="user">The user there.</param>
    /// <param name="password">The password there.</param>
    /// <param name="port">The port of 127.0.0.1 asked for.</param>
    public static async Task<string> AskAsync(string protocol, IPEndPoint server, string user, string password, int port)
    {
        await using PortableTransport transport = new();
        await using SocketStream connection = await transport.ConnectAsync(server, default, default).AsTask().WaitAsync(TestTransports.Patience);
        return protocol switch
        {
            "socks5" => await Socks5Async(connection, user, password, port),
            "http" => await HttpAsync(connection,
                $"CONNECT 127.0.0.1:{port} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
                + $"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))}\r\n\r\n"),
            _ => await HttpAsync(connection,
                "GET / HTTP/1.1\r\nHost: near\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Extensions: multiexit-half-close\r\n"
                + $"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nX-Proxy-Username: {user}\r\nX-Proxy-Password: {password}\r\n"
                + $"X-Proxy-Target-Host: 127.0.0.1\r\nX-Proxy-Target-Port: {port}\r\n\r\n"),
        };
    }

    private static async Task<string> Socks5Async(SocketStream connection, string user, string password, int port)
    {
        await connection.WriteAsync((byte[])
        [
            5, 1, 2,
            1, (byte)user.Length, .. Encoding.ASCII.GetBytes(user), (byte)password.Length, .. Encoding.ASCII.GetBytes(password),
            5, 1, 0, 1, 127, 0, 0, 1, (byte)(port >> 8), (byte)port,
        ]);
        byte[] answer = new byte[4];
        await connection.ReadExactlyAsync(answer).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal(5, answer[0]);
        Assert.Equal(2, answer[1]);
        if (answer[3] != 0) return "wrong login";
        await connection.ReadExactlyAsync(answer).AsTask().WaitAsync(TestTransports.Patience);
        return $"{answer[1]:x2}";
    }

    private static async Task<string> HttpAsync(SocketStream connection, string request)
    {
        await connection.WriteAsync(Encoding.ASCII.GetBytes(request));
        StringBuilder head = new();
        byte[] buffer = new byte[4096];
        while (!head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            int read = await connection.ReadAsync(buffer).AsTask().WaitAsync(TestTransports.Patience);
            Assert.NotEqual(0, read);
            head.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }
        string[] lines = head.ToString().Split("\r\n");
        const string Field = "Proxy-Status: multiexit; error=";
        string? status = lines.FirstOrDefault(line => line.StartsWith(Field, StringComparison.OrdinalIgnoreCase));
        return $"{lines[0].Split(' ')[1]} {status?[Field.Length..]}".TrimEnd();
    }
}
