using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace MultiExit.Soak.Clients;

/// <summary>What a client says to a proxy before its own bytes, written from the RFCs.</summary>
internal static class Handshakes
{
    public const byte Connect = 1;
    public const byte Associate = 3;

    /// <summary>RFC 1928 with RFC 1929.</summary>
    /// <returns>The address in the answer.</returns>
    public static async Task<IPEndPoint> Socks5Async(
        Connection proxy, byte command, IPEndPoint target, string user, string password, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[22];
        await proxy.WriteAsync(new byte[] { 5, 1, 2 }, cancellationToken);
        await proxy.ReadExactlyAsync(buffer.AsMemory(0, 2), cancellationToken);
        if (buffer[1] != 2) throw new RefusedException($"SOCKS5 method {buffer[1]}");
        await proxy.WriteAsync((byte[])[1, .. Counted(user), .. Counted(password)], cancellationToken);
        await proxy.ReadExactlyAsync(buffer.AsMemory(0, 2), cancellationToken);
        if (buffer[1] != 0) throw new RefusedException($"SOCKS5 login {buffer[1]}");
        await proxy.WriteAsync((byte[])[5, command, 0, .. Socks5Address(target)], cancellationToken);
        await proxy.ReadExactlyAsync(buffer.AsMemory(0, 4), cancellationToken);
        int length = buffer[3] == 1 ? 4 : 16;
        byte reply = buffer[1];
        await proxy.ReadExactlyAsync(buffer.AsMemory(0, length + 2), cancellationToken);
        if (reply != 0) throw new RefusedException($"SOCKS5 reply {reply}");
        return new IPEndPoint(new IPAddress(buffer.AsSpan(0, length)), BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(length)));
    }

    /// <summary>An IPv4 address as it stands in SOCKS5.</summary>
    public static byte[] Socks5Address(IPEndPoint address) =>
        [1, .. address.Address.GetAddressBytes(), (byte)(address.Port >> 8), (byte)address.Port];

    public static string BasicLogin(string user, string password) => Convert.ToBase64String(Encoding.ASCII.GetBytes($"{user}:{password}"));

    /// <summary>RFC 9110 section 9.3.6.</summary>
    public static async Task HttpConnectAsync(
        Connection proxy, IPEndPoint target, string user, string password, CancellationToken cancellationToken)
    {
        string request = $"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\nProxy-Authorization: Basic {BasicLogin(user, password)}\r\n\r\n";
        await proxy.WriteAsync(Encoding.ASCII.GetBytes(request), cancellationToken);
        string head = await HeadAsync(proxy, cancellationToken);
        string status = head.Split(' ')[1];
        if (status != "200") throw new RefusedException($"HTTP {status}");
    }

    /// <summary>Reads to the empty line and not a byte further.</summary>
    public static async Task<string> HeadAsync(Connection connection, CancellationToken cancellationToken)
    {
        StringBuilder head = new();
        byte[] one = new byte[1];
        while (head.Length < 4 || head[^1] != '\n' || head[^2] != '\r' || head[^3] != '\n')
        {
            await connection.ReadExactlyAsync(one, cancellationToken);
            head.Append((char)one[0]);
        }
        return head.ToString();
    }

    private static byte[] Counted(string text) => [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)];
}
