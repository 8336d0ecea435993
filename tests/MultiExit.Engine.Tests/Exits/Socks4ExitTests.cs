using System.Net;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Exits.Direct;
using MultiExit.Engine.Exits.Socks4;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Exits;

public sealed class Socks4ExitTests
{
    private static readonly Destination Target = Destination.FromAddress(IPAddress.Parse("1.2.3.4"), 80);
    private static readonly Destination Named = Destination.TryFromHost("a.test", 80, out Destination? named) ? named : throw new FormatException();
    private static readonly DialContext Public = new() { PrivateDestinationsAllowed = false };

    [Theory]
    [InlineData(null, "0401005001020304" + "00")]
    [InlineData("alice", "0401005001020304" + "616C69636500")]
    public async Task The_user_id_is_sent_and_payload_right_behind_the_reply_is_kept(string? user, string request)
    {
        using ScriptedProxy proxy = new();
        Task<DialResult> dial = DialAsync(Exit(proxy.EndPoint, user), Target);
        TestClient peer = await proxy.AcceptedAsync();
        Assert.Equal(request, await peer.ReadAsync(request.Length / 2));
        await peer.SendByteByByteAsync("005A9C40C0000207");
        await peer.SendAsync("CAFE");
        DialResult result = await dial;
        Assert.True(result.Succeeded, result.Detail);
        TestClient client = new(result.Connection);
        Assert.Equal("CAFE", await client.ReadAsync(2));
        await client.SendAsync("BABE");
        Assert.Equal("BABE", await peer.ReadAsync(2));
        await result.Connection.DisposeAsync();
    }

    [Theory]
    [InlineData("005A9C40C0000207", "192.0.2.7:40000")]
    [InlineData("005A000000000000", null)]
    [InlineData("045A000000000000", null)] // some servers repeat the version of the request
    public async Task The_address_of_a_reply_is_known_where_there_is_one(string reply, string? local)
    {
        using ScriptedProxy proxy = new();
        Task<DialResult> dial = DialAsync(Exit(proxy.EndPoint), Named);
        TestClient peer = await proxy.AcceptedAsync();
        Assert.Equal("0401005000000001" + "00" + "612E7465737400", await peer.ReadAsync(16));
        await peer.SendAsync(reply);
        DialResult result = await dial;
        Assert.True(result.Succeeded, result.Detail);
        Assert.Equal(local, result.LocalEndPoint?.ToString());
        await result.Connection.DisposeAsync();
    }

    [Theory]
    [InlineData("005B000000000000", DialFailure.General)]
    [InlineData("005C000000000000", DialFailure.ProxyAuthenticationFailed)]
    [InlineData("005D000000000000", DialFailure.ProxyAuthenticationFailed)]
    [InlineData("0059000000000000", DialFailure.ProxyProtocolError)]
    [InlineData("055A000000000000", DialFailure.ProxyProtocolError)]
    [InlineData("005A00000000", DialFailure.ProxyProtocolError)]
    [InlineData("", DialFailure.ProxyProtocolError)]
    internal async Task A_failure_has_its_reason(string reply, DialFailure expected)
    {
        using ScriptedProxy proxy = new();
        Task<DialResult> dial = DialAsync(Exit(proxy.EndPoint), Target);
        TestClient peer = await proxy.AcceptedAsync();
        await peer.ReadAsync(9);
        await peer.SendAsync(reply);
        await peer.Stream.CompleteWritesAsync(CancellationToken.None);
        DialResult result = await dial;
        Assert.Equal(expected, result.Failure);
        Assert.StartsWith("up: ", result.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("::1")]
    [InlineData("0.0.0.7")] // it would stand for a name
    public async Task An_address_that_SOCKS4_lacks_and_datagrams_are_refused_before_anything_is_dialed(string address)
    {
        FakeExit via = new("via");
        Socks4Exit exit = Exit(new IPEndPoint(IPAddress.Loopback, 1), via: via);
        DialResult result = await DialAsync(exit, Destination.FromAddress(IPAddress.Parse(address), 80));
        Assert.Equal(DialFailure.NetworkUnreachable, result.Failure);
        Assert.StartsWith("up: SOCKS4 has no IPv6", result.Detail, StringComparison.Ordinal);
        Assert.Equal(DialFailure.CommandNotSupported, (await exit.OpenUdpAsync(new DialContext(), default)).Failure);
        Assert.Equal(0, via.Dials);
    }

    [Theory]
    [InlineData("2001:db8::1,9.9.9.9", "040100" + "5009090909" + "00")]
    [InlineData("10.0.0.1,9.9.9.9", "040100" + "5009090909" + "00")] // a private one is passed over
    public async Task A_name_is_resolved_here_where_the_exit_says_so(string addresses, string request)
    {
        using ScriptedProxy proxy = new();
        FakeResolver resolver = new FakeResolver().Add("a.test", addresses.Split(','));
        Task<DialResult> dial = DialAsync(Exit(proxy.EndPoint, resolver: resolver), Named, Public);
        TestClient peer = await proxy.AcceptedAsync();
        Assert.Equal(request, await peer.ReadAsync(9));
        await peer.SendAsync("005A000000000000");
        DialResult result = await dial;
        Assert.True(result.Succeeded, result.Detail);
        await result.Connection.DisposeAsync();
    }

    [Theory]
    [InlineData("2001:db8::1", DialFailure.NetworkUnreachable)]
    [InlineData("10.0.0.1,2001:db8::1", DialFailure.NotAllowed)]
    [InlineData("", DialFailure.NameNotResolved)]
    internal async Task A_name_without_an_address_to_send_is_a_failure(string addresses, DialFailure expected)
    {
        using ScriptedProxy proxy = new();
        FakeResolver resolver = new();
        if (addresses.Length > 0) resolver.Add("a.test", addresses.Split(','));
        DialResult result = await DialAsync(Exit(proxy.EndPoint, resolver: resolver), Named, Public);
        Assert.Equal(expected, result.Failure);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void What_a_name_resolves_to_counts_only_where_the_exit_resolves_it(bool isLocal, bool reaches)
    {
        Socks4Exit exit = Exit(new IPEndPoint(IPAddress.Loopback, 1), resolver: isLocal ? new FakeResolver() : null);
        Assert.Equal(reaches, exit.Reaches(Named, [IPAddress.IPv6Loopback], new DialContext()));
        Assert.False(exit.Reaches(Destination.FromAddress(IPAddress.IPv6Loopback, 80), null, new DialContext()));
    }

    private static Task<DialResult> DialAsync(Socks4Exit exit, Destination target, DialContext? context = null) =>
        exit.DialAsync(target, context ?? new DialContext(), default).AsTask().WaitAsync(TestTransports.Patience);

    // With a resolver it resolves names itself.
    private static Socks4Exit Exit(IPEndPoint proxy, string? user = null, INameResolver? resolver = null, IExit? via = null)
    {
        Socks4ExitConfig config = new()
        {
            Name = "up", Server = Destination.FromEndPoint(proxy), Username = user, Resolve = resolver is null ? NameResolution.Remote : NameResolution.Local,
        };
        via ??= new DirectExit(new DirectExitConfig { Name = "direct" }, new PortableTransport(), new FakeResolver(), AddressPreference.Ipv6,
            TimeSpan.FromSeconds(10), TimeProvider.System);
        return new Socks4Exit(config, via, null, resolver ?? new FakeResolver(), TimeSpan.FromSeconds(10), TimeProvider.System);
    }
}
