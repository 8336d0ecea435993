using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Dispatching;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Inbounds.Socks5;

public abstract class BindOperationTests(TransportKind kind)
{
    private const string Anybody = "050200010000000000" + "00";
    private static readonly PortableTransport Transport = new();
    private static readonly Socks5Options Options = new() { Bind = true, BindTimeout = TimeSpan.FromSeconds(30) };

    // No other test gets a port of it when that is free again.
    private readonly IPAddress _address = OwnEndPoints.NextAddress();

    [Fact]
    public async Task Peer_is_told_and_relayed()
    {
        await using Socks5Harness harness = new(kind, _address, Options);
        // The payload sent ahead of the second reply is kept for the peer.
        (TestClient client, IPEndPoint listening) = await BindAsync(harness, Anybody + "CAFE");
        await using SocketStream stream = await Transport.ConnectAsync(listening, default, CancellationToken.None);
        TestClient peer = new(stream);
        Assert.Equal("050000017F000001" + Port(stream.LocalEndPoint), await client.ReadAsync(10));
        Assert.Equal(stream.LocalEndPoint.ToString(), (await harness.Dispatcher.NextRequestAsync()).Destination.ToString());
        Assert.Equal("CAFE", await peer.ReadAsync(2));
        await client.SendAsync("0102");
        Assert.Equal("0102", await peer.ReadAsync(2));
        await peer.SendAsync("0304");
        Assert.Equal("0304", await client.ReadAsync(2));
        await stream.CompleteWritesAsync(CancellationToken.None);
        Assert.Equal("", await client.ReadToEndAsync());
        await client.SendAsync("05");
        await client.Stream.CompleteWritesAsync(CancellationToken.None);
        Assert.Equal("05", await peer.ReadToEndAsync());
        Assert.Null(await harness.EndAsync());
        // One peer only.
        await AssertClosedAsync(listening);
    }

    [Fact]
    public async Task Wrong_peer_is_refused_and_the_right_one_still_served()
    {
        await using Socks5Harness harness = new(kind, _address, Options);
        (TestClient client, IPEndPoint listening) = await BindAsync(harness, "050200017F0000020000");
        await AssertRefusedAsync(listening);
        await using SocketStream right = await Transport.ConnectAsync(
            listening, new ConnectOptions(IPAddress.Parse("127.0.0.2")), CancellationToken.None);
        Assert.Equal("050000017F000002" + Port(right.LocalEndPoint), await client.ReadAsync(10));
    }

    [Fact]
    public async Task Time_out_is_told_and_frees_the_port()
    {
        await using Socks5Harness harness = new(kind, _address, Options);
        (TestClient client, IPEndPoint listening) = await BindAsync(harness, Anybody);
        await harness.Time.WaitForTimersAsync(1);
        harness.Time.Advance(Options.BindTimeout);
        Assert.Equal("05040001000000000000", await client.ReadToEndAsync());
        await AssertClosedAsync(listening);
        await client.Stream.DisposeAsync();
        Assert.Null(await harness.EndAsync());
    }

    [Fact]
    public async Task Clients_close_frees_the_port()
    {
        await using Socks5Harness harness = new(kind, _address, Options);
        (TestClient client, IPEndPoint listening) = await BindAsync(harness, Anybody);
        await client.Stream.DisposeAsync();
        Assert.Null(await harness.EndAsync());
        await AssertClosedAsync(listening);
    }

    [Fact]
    public async Task Peer_that_no_rule_allows_is_told_to_the_client()
    {
        await using Socks5Harness harness = new(kind, _address, Options);
        harness.Dispatcher.Failure = DialFailure.NotAllowed;
        (TestClient client, IPEndPoint listening) = await BindAsync(harness, Anybody);
        await using SocketStream peer = await Transport.ConnectAsync(listening, default, CancellationToken.None);
        Assert.Equal("05020001000000000000", await client.ReadToEndAsync());
        await client.Stream.DisposeAsync();
        Assert.Null(await harness.EndAsync());
        Assert.Equal("", await new TestClient(peer).ReadToEndOrResetAsync());
    }

    [Fact]
    public async Task Domain_as_peer_is_not_supported()
    {
        await using Socks5Harness harness = new(kind, _address, Options);
        TestClient client = await harness.ConnectAsync("050100" + "050200030161" + "0050");
        Assert.Equal("0500" + "05080001000000000000", await client.ReadToEndAsync());
    }

    private async Task<(TestClient Client, IPEndPoint Listening)> BindAsync(Socks5Harness harness, string request)
    {
        TestClient client = await harness.ConnectAsync("050100" + request);
        Assert.Equal("0500" + "05000001" + Convert.ToHexString(_address.GetAddressBytes()), await client.ReadAsync(10));
        int port = int.Parse(await client.ReadAsync(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return (client, new IPEndPoint(_address, port));
    }

    private static string Port(IPEndPoint endPoint) => endPoint.Port.ToString("X4", CultureInfo.InvariantCulture);

    // The reset may be here before the connect has ended.
    private static async Task AssertRefusedAsync(IPEndPoint endPoint)
    {
        try
        {
            await using SocketStream wrong = await Transport.ConnectAsync(endPoint, default, CancellationToken.None);
            Assert.Equal("", await new TestClient(wrong).ReadToEndOrResetAsync());
        }
        catch (SocketException exception)
        {
            Assert.Equal(SocketError.ConnectionReset, exception.SocketErrorCode);
        }
    }

    private static async Task AssertClosedAsync(IPEndPoint endPoint) =>
        await Assert.ThrowsAsync<SocketException>(() => Transport.ConnectAsync(endPoint, default, CancellationToken.None).AsTask());

    public sealed class OnPortable() : BindOperationTests(TransportKind.Portable);

    // Where there is no reactor, this is the portable transport once more.
    public sealed class OnAutomatic() : BindOperationTests(TransportKind.Automatic);
}
