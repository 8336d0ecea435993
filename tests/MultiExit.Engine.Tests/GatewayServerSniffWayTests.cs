using System.Net;
using System.Net.Sockets;
using System.Text;
using MultiExit.Engine.Tests.Configuration;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Tests.Tls;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests;

/// <summary>Where a rule asks for the name in a client's first bytes, a server may speak first all the same, whatever the client came in by: the wait for
/// those bytes ends, and the connection goes on as if nobody had waited.</summary>
public sealed class GatewayServerSniffWayTests : IDisposable
{
    private readonly TestCertificate _certificate = new();

    public void Dispose() => _certificate.Dispose();

    [Theory]
    [InlineData("type: socks5", "type: socks5, server: \"127.0.0.1:P\"")]
    [InlineData("type: http", "type: http, server: \"127.0.0.1:P\"")]
    [InlineData("type: http, tls: { cert: 'C', key: 'K' }", "type: http, server: \"127.0.0.1:P\", tls: { ca: 'A' }")]
    [InlineData("type: websocket, private_destinations: allow", "type: websocket, server: \"ws://127.0.0.1:P/\"")]
    [InlineData("type: tunnel, key: a-key-of-the-test-only, tls: { self_signed: true }", "type: tunnel, server: \"127.0.0.1:P\", key: a-key-of-the-test-only")]
    [InlineData("type: ech-tunnel, token: a-token-of-the-test, private_destinations: allow",
        "type: ech-tunnel, server: \"ws://127.0.0.1:P/\", token: a-token-of-the-test")]
    public async Task A_server_that_speaks_first_is_heard_and_answered(string inbound, string exit)
    {
        using TcpListener target = new(IPAddress.Loopback, 0);
        target.Start();
        await using TestGateway far = await TestGateway.StartAsync(ConfigAssert.Valid($$"""
            inbounds: [{ name: in, {{WithFiles(inbound)}}, listen: "127.0.0.1:0" }]
            routes: [{ sniffed: true, domains: [nowhere.example], exit: block }]
            """));
        string server = exit.Replace("127.0.0.1:P", $"127.0.0.1:{far.EndPoint.Port}", StringComparison.Ordinal);
        await using TestGateway near = await TestGateway.StartAsync(ConfigAssert.Valid($$"""
            inbounds: [{ name: in, type: socks5, listen: "127.0.0.1:0" }]
            exits: [{ name: far, {{WithFiles(server)}} }]
            default: far
            """));
        Task serving = GreetAsync(target);
        await using SocketStream client = await near.ConnectThroughAsync((IPEndPoint)target.LocalEndpoint);
        Assert.Equal("220 ready\n", await ReadAsync(client, 10));
        await client.WriteAsync("hello\n"u8.ToArray());
        await client.CompleteWritesAsync(default);
        Assert.Equal("hello\n", await ReadAsync(client, 6));
        Assert.Equal(0, await client.ReadAsync(new byte[1]).AsTask().WaitAsync(TestTransports.Patience));
        await serving.WaitAsync(TestTransports.Patience);
    }

    // It says who it is, gives back what it is told, and ends when its client has.
    private static async Task GreetAsync(TcpListener listener)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync();
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync("220 ready\n"u8.ToArray());
        await stream.CopyToAsync(stream);
    }

    private static async Task<string> ReadAsync(DuplexStream stream, int count)
    {
        byte[] buffer = new byte[count];
        await stream.ReadExactlyAsync(buffer).AsTask().WaitAsync(TestTransports.Patience);
        return Encoding.ASCII.GetString(buffer);
    }

    private string WithFiles(string keys) => keys.Replace("'C'", $"'{_certificate.CertificateFile}'", StringComparison.Ordinal)
        .Replace("'K'", $"'{_certificate.KeyFile}'", StringComparison.Ordinal).Replace("'A'", $"'{_certificate.CaFile}'", StringComparison.Ordinal);
}
