using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;
using System.Net;
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

public sealed class ForwardInboundTests
{
    public static TheoryData<TransportKind> Kinds => TestTransports.All;

    [Theory, MemberData(nameof(Kinds))]
    public async Task What_the_client_has_sent_already_goes_with_the_request(TransportKind kind)
    {
        await using ITransport transport = Transports.Create(kind);
        (SocketStream client, SocketStream accepted) = await TestTransports.ConnectAsync(transport);
        await client.WriteAsync("early"u8.ToArray());
        await Wait.UntilAsync(() => accepted.HasBytes);
        Assert.Equal("early"u8.ToArray(), await FirstBytesAsync(accepted));
        await client.DisposeAsync();
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task The_dial_does_not_wait_for_the_first_bytes(TransportKind kind)
    {
        await using ITransport transport = Transports.Create(kind);
        (SocketStream client, SocketStream accepted) = await TestTransports.ConnectAsync(transport);
        Assert.Empty(await FirstBytesAsync(accepted));
        await client.DisposeAsync();
    }

    private static async Task<byte[]> FirstBytesAsync(SocketStream accepted)
    {
        await using InboundConnection connection = new("test", accepted, accepted, true);
        Recorder recorder = new();
        IPEndPoint any = new(IPAddress.Loopback, 0);
        ForwardInbound inbound = new(
            new ForwardInboundConfig { Name = "test", Listen = any, Target = Destination.FromAddress(IPAddress.Loopback, 80) },
            new UsersInForce(new UserDirectory([], TimeProvider.System)),
            new UdpAdmission(new UdpQuota(), new ServerCounters(), new EngineLog(LogFactory.Create(new LoggingConfig(), console: false))), TimeProvider.System);
        await inbound.ServeAsync(connection, recorder, default).AsTask().WaitAsync(TestTransports.Patience);
        return recorder.Prefix.ToArray();
    }

    private sealed class Recorder : IDispatcher
    {
        public ReadOnlyMemory<byte> Prefix { get; private set; }

        public ValueTask ServeAsync(InboundRequest request, InboundConnection connection, CancellationToken cancellationToken)
        {
            Prefix = (request.Connection as PrefixedStream)?.Prefix ?? default;
            return default;
        }

        public ValueTask ServeAcceptedAsync(InboundRequest request, InboundConnection connection, SocketStream peer, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public ValueTask ServeDirectAsync(InboundRequest request, InboundConnection connection, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public ValueTask<OpenedSession> OpenAsync(RequestInfo request, InboundConnection connection, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public ValueTask RelayAsync(Session session, DuplexStream client, DuplexStream upstream) => throw new NotSupportedException();

        public ValueTask<OpenedUdpSession> OpenUdpAsync(
        RequestInfo request, Func<Destination, ReadOnlyMemory<byte>, ValueTask> deliver, Action abort, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
