using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Transport;

public sealed class ListenerTests
{
    public static TheoryData<TransportKind> Kinds => TestTransports.All;

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_port_in_use_is_reported_in_one_sentence(TransportKind kind)
    {
        await using ITransport transport = Transports.Create(kind);
        using ISocketListener first = transport.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        ProxyException failure = Assert.Throws<ProxyException>(() => transport.Listen(first.LocalEndPoint));
        Assert.Equal(ProxyError.AddressInUse, failure.Reason);
        Assert.StartsWith($"cannot listen on {first.LocalEndPoint}: another program uses the port", failure.Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task An_address_of_another_host_is_reported_in_one_sentence(TransportKind kind)
    {
        await using ITransport transport = Transports.Create(kind);
        ProxyException failure = Assert.Throws<ProxyException>(() => transport.Listen(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 0)));
        Assert.Equal(ProxyError.AddressNotAvailable, failure.Reason);
        Assert.Equal("cannot listen on 192.0.2.1:0: the address 192.0.2.1 is not on this host", failure.Message);
    }

    [Theory, MemberData(nameof(Kinds))]
    public Task A_free_bind_takes_an_IPv4_address_on_no_interface(TransportKind kind) => BindsFreelyAsync(kind, "192.0.2.1");

    [Theory, MemberData(nameof(Kinds))]
    public Task A_free_bind_takes_an_IPv6_address_on_no_interface(TransportKind kind)
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "this system has no IPv6");
        return BindsFreelyAsync(kind, "2001:db8::1");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_disposed_listener_ends_the_accept(TransportKind kind)
    {
        await using ITransport transport = Transports.Create(kind);
        ISocketListener listener = transport.Listen(OwnEndPoints.Next());
        Task<SocketStream?> accepting = listener.AcceptAsync().AsTask();
        listener.Dispose();
        Assert.Null(await accepting.WaitAsync(TestTransports.Patience));
        // The port is free again.
        using ISocketListener again = transport.Listen(listener.LocalEndPoint);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task The_any_address_takes_both_families_and_shows_IPv4_as_IPv4(TransportKind kind)
    {
        await using ITransport transport = Transports.Create(kind);
        using ISocketListener listener = ListenerBinding.Bind(transport, new IPEndPoint(IPAddress.IPv6Any, 0));
        foreach (IPAddress address in new[] { IPAddress.Loopback, IPAddress.IPv6Loopback })
        {
            Task<SocketStream?> accepting = listener.AcceptAsync().AsTask();
            await using SocketStream left = await transport.ConnectAsync(new IPEndPoint(address, listener.LocalEndPoint.Port), default, default);
            await using SocketStream right = Assert.IsAssignableFrom<SocketStream>(await accepting.WaitAsync(TestTransports.Patience));
            Assert.Equal(address, right.RemoteEndPoint.Address);
            Assert.Equal(address, right.LocalEndPoint.Address);
        }
    }

    private static async Task BindsFreelyAsync(TransportKind kind, string address)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "this system binds to no address that it does not have");
        await using ITransport transport = Transports.Create(kind);
        using ISocketListener listener = transport.Listen(new IPEndPoint(IPAddress.Parse(address), 0), new SocketRoute(FreeBind: OperatingSystem.IsLinux()));
        Assert.Equal(address, listener.LocalEndPoint.Address.ToString());
        Assert.NotEqual(0, listener.LocalEndPoint.Port);
    }
}
