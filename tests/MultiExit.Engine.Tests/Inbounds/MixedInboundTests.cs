using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Inbounds;
using MultiExit.Engine.Inbounds.Socks5;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Inbounds;

public sealed class MixedInboundTests
{
    [Theory]
    [InlineData("\u0005\u0001\0", "socks5")]
    [InlineData("\u0004\u0001\0", "socks5")]
    [InlineData("GET http://a/ HTTP/1.1\r\n", "http")]
    [InlineData("\u0016\u0003\u0001", "http")]
    public async Task The_first_byte_tells_the_protocol_and_stays_unread(string bytes, string expected)
    {
        await using InboundHost host = new(new PortableTransport(), new MixedInbound(new Echo("socks5"), new Echo("http")), null!);
        using TextPeer client = await host.ConnectAsync();
        await client.SendAsync(bytes);
        Assert.Equal(expected + bytes[0], await client.ReadToEndAsync());
        Assert.Empty(host.Exceptions);
    }

    [Fact]
    public async Task A_client_that_sends_nothing_is_no_fault()
    {
        await using InboundHost host = new(new PortableTransport(), new MixedInbound(new Echo("socks5"), new Echo("http")), null!);
        using (TextPeer silent = await host.ConnectAsync())
        {
            await silent.EndAsync();
            Assert.Equal("", await silent.ReadToEndAsync());
        }
        await host.EndedAsync();
        Assert.Empty(host.Exceptions);
    }

    [Fact]
    public async Task A_forward_inbound_leads_every_connection_to_its_target()
    {
        using ScriptedOrigin origin = new();
        PortableTransport transport = new();
        LoopbackDispatcher dispatcher = new(transport) { Hosts = { ["b.test:25"] = origin.EndPoint } };
        Assert.True(Destination.TryParse("b.test:25", -1, out Destination? target));
        await using InboundHost host = new(transport, Forward(target), dispatcher);
        using TextPeer client = await host.ConnectAsync();
        using TextPeer server = await origin.AcceptedAsync();
        await server.SendAsync("220 ready");
        Assert.Equal("220 ready", await client.ReadAsync(9));
        await client.SendAsync("QUIT");
        await client.EndAsync();
        Assert.Equal("QUIT", await server.ReadToEndAsync());
        Assert.Equal(1, host.Handshakes);
    }

    [Fact]
    public async Task A_forward_inbound_resets_what_it_cannot_serve()
    {
        PortableTransport transport = new();
        Assert.True(Destination.TryParse("b.test:25", -1, out Destination? target));
        await using InboundHost host = new(transport, Forward(target), new LoopbackDispatcher(transport));
        // The reset may overtake the end of connecting.
        Exception exception = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            using TextPeer client = await host.ConnectAsync();
            await client.ReadToEndAsync();
        });
        Assert.True(exception is IOException or SocketException, exception.ToString());
    }

    private static ForwardInbound Forward(Destination target) => new(
        new ForwardInboundConfig { Name = "in", Listen = new IPEndPoint(IPAddress.Loopback, 0), Target = target },
        new UsersInForce(new UserDirectory([], TimeProvider.System)),
        new UdpAdmission(new UdpQuota(), new ServerCounters(), new EngineLog(LogFactory.Create(new LoggingConfig(), console: false))), TimeProvider.System);

    private sealed class Echo(string name) : IInbound
    {
        public async ValueTask ServeAsync(InboundConnection connection, IDispatcher dispatcher, CancellationToken cancellationToken)
        {
            byte first = connection.Reader.Unread[0];
            await new TextPeer(connection.Stream).SendAsync(name + (char)first);
            await LingeringClose.RunAsync(connection.Stream, TimeProvider.System, cancellationToken);
        }
    }
}
