using System.Net;
using System.Security.Cryptography;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.WebSockets;

/// <summary>A SOCKS5 client, a server with a WebSocket exit, a server with a WebSocket inbound, a target: all of it real, on loopback.</summary>
public sealed class WebSocketProxyTests
{
    private const int Length = 4 * 1024 * 1024;

    public static TheoryData<TransportKind, bool> Wires
    {
        get
        {
            TheoryData<TransportKind, bool> data = [];
            foreach (TransportKind kind in TestTransports.All)
            {
                data.Add(kind, false);
                data.Add(kind, true);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Wires))]
    public async Task Half_close_loses_nothing(TransportKind kind, bool tls)
    {
        await using Pair pair = await Pair.StartAsync(kind, tls);
        await using DigestTarget target = new();
        await using SocketStream client = await pair.Client.ConnectThroughAsync(target.EndPoint);
        byte[] data = RandomNumberGenerator.GetBytes(Length);
        // The target answers only once it has all of it: the end of this side's direction has to arrive, and leave the other one open.
        await client.WriteAsync(data).AsTask().WaitAsync(TestTransports.Patience);
        await client.CompleteWritesAsync(default);
        byte[] answer = await TestTransports.ReadToEndAsync(client);
        Assert.Equal(SHA256.HashData(data), answer[..32]);
        Assert.Equal(data.Length, answer.Length - 32);
    }

    [Theory]
    [MemberData(nameof(Wires))]
    public async Task The_end_of_the_target_leaves_the_upload_open(TransportKind kind, bool tls)
    {
        await using Pair pair = await Pair.StartAsync(kind, tls);
        await using ITransport transport = Transports.Create(kind);
        using ISocketListener listener = transport.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        Task<SocketStream?> accepting = listener.AcceptAsync().AsTask();
        await using SocketStream client = await pair.Client.ConnectThroughAsync(listener.LocalEndPoint);
        await using SocketStream target = (await accepting.WaitAsync(TestTransports.Patience))!;
        await target.CompleteWritesAsync(default);
        Assert.Empty(await TestTransports.ReadToEndAsync(client));
        byte[] data = RandomNumberGenerator.GetBytes(100_000);
        await client.WriteAsync(data);
        await client.CompleteWritesAsync(default);
        Assert.Equal(data, await TestTransports.ReadToEndAsync(target));
    }

    [Fact]
    public async Task A_refused_target_is_refused_to_the_first_client()
    {
        await using Pair pair = await Pair.StartAsync(TransportKind.Automatic, tls: false);
        using ClosedPort closed = new();
        Assert.Equal(5, await ReplyAsync(pair, closed.Port, "127.0.0.1"));
        Assert.Equal(4, await ReplyAsync(pair, 80, "no-such-name.invalid"));
    }

    [Fact]
    public async Task A_proxy_that_is_gone_is_no_refused_target()
    {
        await using Pair pair = await Pair.StartAsync(TransportKind.Automatic, tls: false);
        await pair.Server.DisposeAsync();
        Assert.Equal(1, await ReplyAsync(pair, 80, "127.0.0.1"));
    }

    [Fact]
    public async Task A_route_that_refuses_and_wrong_credentials_are_told()
    {
        await using Pair refusing = await Pair.StartAsync(TransportKind.Automatic, tls: false, server => server with { Default = "block" });
        Assert.Equal(2, await ReplyAsync(refusing, 80, "127.0.0.1"));
        await using Pair wrong = await Pair.StartAsync(TransportKind.Automatic, tls: false, exit: exit => exit with { Password = new Secret("wrong") });
        Assert.Equal(1, await ReplyAsync(wrong, 80, "127.0.0.1"));
    }

    [Fact]
    public async Task Plain_text_to_a_TLS_server_fails_and_never_the_other_way_round()
    {
        await using Pair pair = await Pair.StartAsync(TransportKind.Automatic, tls: true, exit: exit => exit with { Tls = null });
        Assert.Equal(1, await ReplyAsync(pair, 80, "127.0.0.1"));
        await using Pair downgrade = await Pair.StartAsync(TransportKind.Automatic, tls: false, exit: exit => exit with { Tls = new TlsClientConfig() });
        Assert.Equal(1, await ReplyAsync(downgrade, 80, "127.0.0.1"));
    }

    [Fact]
    public async Task A_target_that_resets_is_a_reset_at_the_client()
    {
        await using Pair pair = await Pair.StartAsync(TransportKind.Automatic, tls: false);
        await using PortableTransport transport = new();
        using ISocketListener listener = transport.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        Task<SocketStream?> accepting = listener.AcceptAsync().AsTask();
        await using SocketStream client = await pair.Client.ConnectThroughAsync(listener.LocalEndPoint);
        (await accepting.WaitAsync(TestTransports.Patience))!.Abort();
        await Assert.ThrowsAnyAsync<IOException>(() => client.ReadAsync(new byte[1]).AsTask().WaitAsync(TestTransports.Patience));
    }

    [Fact]
    public async Task A_stalled_reader_holds_the_sender_back()
    {
        await using Pair pair = await Pair.StartAsync(TransportKind.Automatic, tls: false);
        await using PortableTransport transport = new();
        using ISocketListener listener = transport.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        Task<SocketStream?> accepting = listener.AcceptAsync().AsTask();
        await using SocketStream client = await pair.Client.ConnectThroughAsync(listener.LocalEndPoint);
        await using SocketStream target = (await accepting.WaitAsync(TestTransports.Patience))!;
        byte[] chunk = new byte[1 << 20];
        long sent = 0;
        Task sending = Task.Run(async () =>
        {
            while (Volatile.Read(ref sent) < 256) // MiB: far beyond what the sockets on the way take
            {
                await client.WriteAsync(chunk);
                Interlocked.Increment(ref sent);
            }
        });
        long total = 0;
        byte[] buffer = new byte[1 << 16];
        // Not a byte is read until the sender stands still.
        for (long before = -1; before != Volatile.Read(ref sent) && !sending.IsCompleted;)
        {
            before = Volatile.Read(ref sent);
            await Task.WhenAny(sending, Task.Delay(500));
        }
        Assert.False(sending.IsCompleted);
        while (total < 256L << 20) total += await target.ReadAsync(buffer).AsTask().WaitAsync(TestTransports.Patience);
        await sending.WaitAsync(TestTransports.Patience);
    }

    // The code of the SOCKS5 reply for a domain or an address written as one.
    private static async Task<byte> ReplyAsync(Pair pair, int port, string host)
    {
        await using SocketStream client = await pair.Client.ConnectAsync();
        byte[] name = System.Text.Encoding.ASCII.GetBytes(host);
        await client.WriteAsync((byte[])[5, 1, 0, 5, 1, 0, 3, (byte)name.Length, .. name, (byte)(port >> 8), (byte)port]);
        byte[] reply = new byte[6];
        await client.ReadExactlyAsync(reply).AsTask().WaitAsync(TestTransports.Patience);
        return reply[3];
    }

    private sealed class Pair : IAsyncDisposable
    {
        public required SelfSignedFiles Files { get; init; }

        public required TestGateway Server { get; init; }

        public required TestGateway Client { get; init; }

        public static async Task<Pair> StartAsync(
            TransportKind kind, bool tls, Func<GatewayConfig, GatewayConfig>? server = null, Func<WebSocketExitConfig, WebSocketExitConfig>? exit = null)
        {
            SelfSignedFiles files = SelfSignedFiles.Create("localhost");
            GatewayConfig serverConfig = new()
            {
                Name = "server",
                Inbounds =
                [
                    new WebSocketInboundConfig
                    {
                        Name = "ws", Listen = OwnEndPoints.Next(), Users = [new UserConfig("bob", new Secret("builder"))],
                        Tls = tls ? files.Config : null,
                    },
                ],
            };
            TestGateway gateway = await TestGateway.StartAsync(server?.Invoke(serverConfig) ?? serverConfig, kind);
            WebSocketExitConfig exitConfig = new()
            {
                Name = "wsup", Server = Destination.FromEndPoint(gateway.EndPoint), Username = "bob", Password = new Secret("builder"),
                Tls = tls ? new TlsClientConfig { CaFile = files.CertificateFile, ServerName = "localhost" } : null,
            };
            exitConfig = exit?.Invoke(exitConfig) ?? exitConfig;
            TestGateway client = await TestGateway.StartAsync(TestGateway.Mixed() with { Name = "client", Exits = [exitConfig], Default = "wsup" }, kind);
            return new Pair { Server = gateway, Client = client, Files = files };
        }

        public async ValueTask DisposeAsync()
        {
            await Client.DisposeAsync();
            await Server.DisposeAsync();
            Files.Dispose();
        }
    }
}
