using System.Net;
using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Server;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Support;

/// <summary>A server on loopback and a client's steps towards it.</summary>
internal sealed class TestGateway : IAsyncDisposable
{
    public TestGateway(GatewayServer server, ITransport transport)
    {
        Server = server;
        Transport = transport;
    }

    public GatewayServer Server { get; }

    public ITransport Transport { get; }

    public IPEndPoint EndPoint => Server.GetStatus().Listeners[0].EndPoint;

    public static GatewayConfig Mixed(LimitsConfig? limits = null, params UserConfig[] users) => new()
    {
        Inbounds = [new MixedInboundConfig { Name = "proxy", Listen = new IPEndPoint(IPAddress.Loopback, 0), Users = users }],
        Limits = limits ?? new LimitsConfig(),
    };

    public static Task<TestGateway> StartAsync(GatewayConfig config, TransportKind kind = TransportKind.Automatic) =>
        StartAsync(config, new GatewayOptions { Transport = kind });

    public static async Task<TestGateway> StartAsync(GatewayConfig config, GatewayOptions? options)
    {
        GatewayServer server = await GatewayServer.StartAsync(config, options);
        return new TestGateway(server, Transports.Create(TransportKind.Portable));
    }

    public async Task<SocketStream> ConnectAsync(IPEndPoint? endPoint = null) =>
        await Transport.ConnectAsync(endPoint ?? EndPoint, default, default).AsTask().WaitAsync(TestTransports.Patience);

    /// <summary>A connection to the target through the server's SOCKS5.</summary>
    /// <param name="target">The target.</param>
    /// <param name="user">The user that logs in, with the password <c>secret</c>; null: none.</param>
    public async Task<SocketStream> ConnectThroughAsync(IPEndPoint target, string? user = null)
    {
        SocketStream client = await ConnectAsync();
        byte[] address = target.Address.GetAddressBytes();
        byte type = (byte)(address.Length == 4 ? 1 : 4);
        await client.WriteAsync(user is null ? new byte[] { 5, 1, 0 } : [5, 1, 2, 1, (byte)user.Length, .. Encoding.ASCII.GetBytes(user), 6, .. "secret"u8]);
        byte[] reply = new byte[22];
        byte[] letIn = user is null ? [5, 0] : [5, 2, 1, 0];
        await client.ReadExactlyAsync(reply.AsMemory(0, letIn.Length)).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal(letIn, reply[..letIn.Length]);
        await client.WriteAsync((byte[])[5, 1, 0, type, .. address, (byte)(target.Port >> 8), (byte)target.Port]);
        await client.ReadExactlyAsync(reply.AsMemory(0, 4)).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal(0, reply[1]);
        await client.ReadExactlyAsync(reply.AsMemory(0, reply[3] == 1 ? 6 : 18)).AsTask().WaitAsync(TestTransports.Patience);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Transport.DisposeAsync();
    }
}
