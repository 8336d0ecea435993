using System.Net;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Tunnel;
using MultiExit.Engine.Tests.Protocols.Tunnel;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Tls;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Tunnel;

/// <summary>A client or prober after TLS, byte by byte as a test writes it.</summary>
internal static class RawClient
{
    public static async Task<DuplexStream> ConnectAsync(TestGateway server)
    {
        TlsClient tls = new(new TlsClientConfig { Check = CertificateCheck.None, OnlyTls13 = true }, Destination.FromEndPoint(server.EndPoint));
        return await tls.ConnectAsync(async _ => await server.ConnectAsync(), default).AsTask().WaitAsync(TestTransports.Patience);
    }

    /// <summary>A handshake message.</summary>
    public static byte[] Hello(string key = TunnelPair.Key, long skew = 0, byte method = 1)
    {
        using TunnelPsk psk = TestTunnel.Psk(key);
        byte[] message = new byte[TunnelHandshake.Length];
        TunnelHandshake.WriteClient(message, psk, new TunnelHello(
            (TunnelMethod)method, TunnelFlags.None, TunnelRandoms.Next(), DateTimeOffset.UtcNow.ToUnixTimeSeconds() + skew));
        return message;
    }

    /// <summary>A handshake message of a client with that time on its clock, to the fraction of the second.</summary>
    public static byte[] HelloAt(DateTimeOffset now, byte method)
    {
        using TunnelPsk psk = TestTunnel.Psk(TunnelPair.Key);
        byte[] message = new byte[TunnelHandshake.Length];
        TunnelHandshake.WriteClient(message, psk, TunnelHello.OfClient((TunnelMethod)method, TunnelFlags.None, TunnelRandoms.Next(), now));
        return message;
    }

    /// <summary>Sends a message to a server whose fallback is an echo.</summary>
    /// <returns>Whether the tunnel server answered it; false when the fallback did.</returns>
    public static async Task<bool> IsLetPastTheEchoAsync(TestGateway server, byte[] hello)
    {
        await using DuplexStream stream = await ConnectAsync(server);
        await stream.WriteAsync(hello);
        byte[] answer = new byte[TunnelHandshake.Length];
        await stream.ReadExactlyAsync(answer).AsTask().WaitAsync(TestTransports.Patience);
        return !answer.AsSpan().SequenceEqual(hello);
    }

    /// <summary>Sends a message and returns whether a tunnel server answered it.</summary>
    public static async Task<bool> IsLetInAsync(TestGateway server, byte[] hello)
    {
        await using DuplexStream stream = await ConnectAsync(server);
        await stream.WriteAsync(hello);
        byte[] answer = new byte[TunnelHandshake.Length];
        int read = await stream.ReadAtLeastAsync(answer, 1, throwOnEndOfStream: false).AsTask().WaitAsync(TestTransports.Patience);
        return read > 0 && answer[0] == TunnelWire.Version;
    }
}
