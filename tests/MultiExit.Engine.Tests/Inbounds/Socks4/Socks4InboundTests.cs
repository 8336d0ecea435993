using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Tests.Inbounds.Socks5;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Inbounds.Socks4;

public sealed class Socks4InboundTests
{
    private const string Connect = "04010050 01020304";
    private const string ConnectByName = "04010050 00000001";
    private const string Granted = "005A9C40C0000207";
    private const string Rejected = "005B000000000000";
    private const string NotIdentified = "005C000000000000";
    private const string WrongUser = "005D000000000000";
    private static readonly Socks5Options WithSocks4 = new() { Socks4 = true };
    private static readonly UserConfig OfPassword = new("alice", new Secret("secret"));
    private static readonly UserConfig OfNetwork = new("bob", null) { Networks = [IPNetwork.Parse("127.0.0.0/8")] };
    private static readonly UserConfig OfElsewhere = new("carol", null) { Networks = [IPNetwork.Parse("192.0.2.0/24")] };

    [Theory]
    [InlineData(Connect + "00", "1.2.3.4:80")]
    [InlineData(Connect + "616E7962 6F647900", "1.2.3.4:80")]
    [InlineData(ConnectByName + "00 6578616D706C652E636F6D00", "example.com:80")]
    [InlineData(ConnectByName + "7800 6578616D706C652E636F6D00", "example.com:80")]
    [InlineData(ConnectByName + "00 312E322E332E3400", "1.2.3.4:80")] // an address as a name
    public async Task A_request_in_single_bytes_is_granted_after_the_dial(string octets, string destination)
    {
        await using Socks5Harness harness = new(WithSocks4);
        TestClient client = await harness.ConnectAsync();
        await client.SendByteByByteAsync(octets);
        Assert.Equal(Granted, await client.ReadAsync(8));
        RequestInfo request = await harness.Dispatcher.NextRequestAsync();
        Assert.Equal((destination, "socks4", null, Network.Tcp), (request.Destination.ToString(), request.Protocol, request.User, request.Network));
        Assert.Equal(1, harness.HandshakesCompleted);
    }

    [Fact]
    public async Task Bytes_right_behind_the_request_are_forwarded()
    {
        await using Socks5Harness harness = new(WithSocks4);
        TestClient client = await harness.ConnectAsync(ConnectByName + "00 6100" + "CAFE00BABE");
        Assert.Equal(Granted + "CAFE00BABE", await client.ReadAsync(8 + 5));
        await client.Stream.CompleteWritesAsync(CancellationToken.None);
        Assert.Equal("", await client.ReadToEndAsync());
        Assert.Null(await harness.EndAsync());
    }

    [Theory]
    [InlineData(DialFailure.General)]
    [InlineData(DialFailure.NotAllowed)]
    [InlineData(DialFailure.ConnectionRefused)]
    [InlineData(DialFailure.NameNotResolved)]
    [InlineData(DialFailure.ProxyAuthenticationFailed)]
    internal async Task Whatever_fails_has_the_one_code_for_it(DialFailure failure)
    {
        await using Socks5Harness harness = new(WithSocks4) { Dispatcher = { Failure = failure } };
        TestClient client = await harness.ConnectAsync(Connect + "00");
        Assert.Equal(Rejected, await client.ReadToEndAsync());
        await client.Stream.DisposeAsync();
        Assert.Null(await harness.EndAsync());
    }

    [Theory]
    [InlineData("04020050 01020304 00")] // BIND
    [InlineData("04030050 01020304 00")]
    public async Task Other_commands_are_rejected(string octets)
    {
        await using Socks5Harness harness = new(new Socks5Options { Socks4 = true, Bind = true });
        TestClient client = await harness.ConnectAsync(octets);
        Assert.Equal(Rejected, await client.ReadToEndAsync());
        await client.Stream.DisposeAsync();
        Assert.Null(await harness.EndAsync());
    }

    [Theory]
    [InlineData(Connect, 255, true)]
    [InlineData(Connect, 256, false)]
    [InlineData(ConnectByName + "00", 256, false)]
    public async Task User_id_and_domain_have_a_longest_length(string start, int length, bool granted)
    {
        await using Socks5Harness harness = new(WithSocks4);
        TestClient client = await harness.ConnectAsync(start + string.Concat(Enumerable.Repeat("61", length)) + (granted ? "00" : ""));
        if (granted)
        {
            Assert.Equal(Granted, await client.ReadAsync(8));
            return;
        }
        Assert.Equal(Rejected, await client.ReadToEndAsync());
        await client.Stream.DisposeAsync();
        Assert.Equal(ProxyError.ProtocolViolation, Assert.IsType<ProxyException>(await harness.EndAsync()).Reason);
    }

    [Theory]
    [InlineData("00", "bob", null)] // it names nobody
    [InlineData("626F6200", "bob", null)] // bob
    [InlineData("626F622B73657373696F6E3D3700", "bob", "7")] // bob+session=7
    public async Task A_user_id_names_the_user_that_the_client_is_by_its_network(string userId, string user, string? session)
    {
        await using Socks5Harness harness = new(WithSocks4, OfPassword, OfNetwork);
        TestClient client = await harness.ConnectAsync(Connect + userId);
        Assert.Equal(Granted, await client.ReadAsync(8));
        RequestInfo request = await harness.Dispatcher.NextRequestAsync();
        Assert.Equal((user, "network", session), (request.User, request.Login, request.Session));
    }

    public static TheoryData<string, UserConfig[], string> Refused => new()
    {
        { "616C69636500", [OfPassword], WrongUser }, // alice, who has a password
        { "00", [OfPassword], WrongUser },
        { "616C69636500", [OfPassword, OfNetwork], WrongUser }, // alice, from bob's network
        { "6361726F6C00", [OfNetwork, OfElsewhere], WrongUser }, // carol, from bob's network
        { "626F6200", [OfNetwork with { Disabled = true }], WrongUser },
        { "6361726F6C00", [OfElsewhere], NotIdentified }, // carol, from nobody's network
        { "00", [OfElsewhere], NotIdentified },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_user_id_that_nothing_proves_is_refused(string userId, UserConfig[] users, string reply)
    {
        await using Socks5Harness harness = new(WithSocks4, users);
        TestClient client = await harness.ConnectAsync(Connect + userId);
        Assert.Equal(reply, await client.ReadToEndAsync());
        Assert.Equal(0, harness.HandshakesCompleted);
        await client.Stream.DisposeAsync();
        Assert.Equal(ProxyError.AccessRefused, Assert.IsType<ProxyException>(await harness.EndAsync()).Reason);
    }

    [Fact]
    public async Task Socks5_is_served_beside_it()
    {
        await using Socks5Harness harness = new(WithSocks4, OfPassword);
        TestClient client = await harness.ConnectAsync("050102 0105616C69636506736563726574 05010001 01020304 0050");
        Assert.Equal("05020100" + "05000001C00002079C40", await client.ReadAsync(14));
        Assert.Equal("socks5", (await harness.Dispatcher.NextRequestAsync()).Protocol);
    }

    [Fact]
    public async Task It_is_off_unless_asked_for()
    {
        await using Socks5Harness harness = new();
        TestClient client = await harness.ConnectAsync(Connect + "00");
        Assert.Equal("", await client.ReadToEndOrResetAsync());
        ProxyException end = Assert.IsType<ProxyException>(await harness.EndAsync());
        Assert.Equal(ProxyError.ProtocolViolation, end.Reason);
        Assert.Contains("socks4: true", end.Message, StringComparison.Ordinal);
    }
}
