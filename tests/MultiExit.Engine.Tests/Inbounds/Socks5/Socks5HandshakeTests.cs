using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Dispatching;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Inbounds.Socks5;

public abstract class Socks5HandshakeTests(TransportKind kind)
{
    private const string Connect = "05010001 01020304 0050";
    private const string Accepted = "05000001C0000207" + "9C40";
    private static readonly UserConfig Alice = new("alice", new Secret("secret"));
    private const string AliceCredentials = "0105616C69636506736563726574";

    [Fact]
    public async Task Handshake_in_single_bytes_is_served()
    {
        await using Socks5Harness harness = new(kind, null, Alice);
        TestClient client = await harness.ConnectAsync();
        await client.SendByteByByteAsync("05020002");
        Assert.Equal("0502", await client.ReadAsync(2));
        await client.SendByteByByteAsync(AliceCredentials);
        Assert.Equal("0100", await client.ReadAsync(2));
        Assert.Equal(0, harness.HandshakesCompleted);
        await client.SendByteByByteAsync(Connect);
        Assert.Equal(Accepted, await client.ReadAsync(10));
        Assert.Equal(1, harness.HandshakesCompleted);
        RequestInfo request = await harness.Dispatcher.NextRequestAsync();
        Assert.Equal("1.2.3.4:80", request.Destination.ToString());
        Assert.Equal("alice", request.User);
        Assert.Equal(Network.Tcp, request.Network);
        Assert.Equal(IPAddress.Loopback, request.Client.Address);
        Assert.Equal(harness.EndPoint, request.Local);
    }

    [Fact]
    public async Task Everything_in_one_segment_with_payload_behind_is_served()
    {
        await using Socks5Harness harness = new(kind, null, Alice);
        TestClient client = await harness.ConnectAsync("050102" + AliceCredentials + Connect + "CAFEBABE");
        Assert.Equal("05020100" + Accepted + "CAFEBABE", await client.ReadAsync(2 + 2 + 10 + 4));
        await client.SendAsync("42");
        await client.Stream.CompleteWritesAsync(CancellationToken.None);
        Assert.Equal("42", await client.ReadToEndAsync());
        Assert.Null(await harness.EndAsync());
    }

    [Theory]
    [InlineData("0500")]
    [InlineData("050102")]
    [InlineData("05020180")]
    public async Task No_common_method_is_answered_and_closed(string greeting)
    {
        await using Socks5Harness harness = new(kind);
        TestClient client = await harness.ConnectAsync(greeting);
        Assert.Equal("05FF", await client.ReadToEndAsync());
        await client.Stream.DisposeAsync();
        Assert.Equal(ProxyError.AccessRefused, Assert.IsType<ProxyException>(await harness.EndAsync()).Reason);
    }

    [Fact]
    public async Task Users_make_no_authentication_unacceptable()
    {
        await using Socks5Harness harness = new(kind, null, Alice);
        TestClient client = await harness.ConnectAsync("050100");
        Assert.Equal("05FF", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task Greeting_with_255_methods_is_served()
    {
        await using Socks5Harness harness = new(kind);
        TestClient client = await harness.ConnectAsync("05FF" + string.Concat(Enumerable.Repeat("80", 254)) + "00" + Connect);
        Assert.Equal("0500" + Accepted, await client.ReadAsync(12));
    }

    [Theory]
    [InlineData("04")]
    [InlineData("474554202F")]
    public async Task Wrong_version_is_closed_without_an_answer(string bytes)
    {
        await using Socks5Harness harness = new(kind);
        TestClient client = await harness.ConnectAsync(bytes[..2]);
        Assert.Equal("", await client.ReadToEndOrResetAsync());
        Assert.IsType<ProxyException>(await harness.EndAsync());
    }

    [Theory]
    [InlineData("0105616C69636505" + "7365637265")] // wrong password
    [InlineData("0103626F6206736563726574")] // unknown user
    [InlineData("0505616C69636506736563726574")] // wrong sub-version
    [InlineData("010006736563726574")] // empty name
    [InlineData("0105616C69636500")] // empty password
    public async Task Bad_credentials_are_refused_and_closed(string credentials)
    {
        await using Socks5Harness harness = new(kind, null, Alice);
        // The request after them stays unread: the refusal must arrive all the same.
        TestClient client = await harness.ConnectAsync("050102" + credentials + Connect);
        Assert.Equal("05020101", await client.ReadToEndAsync());
        await client.Stream.DisposeAsync();
        ProxyException end = Assert.IsType<ProxyException>(await harness.EndAsync());
        Assert.DoesNotContain("secret", end.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, harness.HandshakesCompleted);
    }

    [Fact]
    public async Task Credentials_of_255_octets_are_accepted()
    {
        await using Socks5Harness harness = new(kind, null, new UserConfig(new string('u', 255), new Secret(new string('p', 255))));
        TestClient client = await harness.ConnectAsync(
            "05010201FF" + string.Concat(Enumerable.Repeat("75", 255)) + "FF" + string.Concat(Enumerable.Repeat("70", 255)) + Connect);
        Assert.Equal("05020100" + Accepted, await client.ReadAsync(14));
    }

    [Theory]
    [InlineData("05010000", 8)] // unknown ATYP
    [InlineData("0501000501020304" + "0050", 8)]
    [InlineData("05010003000050", 1)] // empty domain
    [InlineData("0501000303610062" + "0050", 1)] // NUL inside
    [InlineData("05040001010203040050", 7)] // unknown CMD
    [InlineData("05020001010203040050", 7)] // BIND is off
    public async Task Bad_request_is_answered_and_closed(string request, int reply)
    {
        await using Socks5Harness harness = new(kind);
        TestClient client = await harness.ConnectAsync("050100" + request + "0102030405");
        Assert.Equal("0500" + $"05{reply:X2}000100000000" + "0000", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task Request_of_another_version_is_closed()
    {
        await using Socks5Harness harness = new(kind);
        TestClient client = await harness.ConnectAsync("050100");
        Assert.Equal("0500", await client.ReadAsync(2));
        await client.SendAsync("04");
        Assert.Equal("", await client.ReadToEndOrResetAsync());
        Assert.IsType<ProxyException>(await harness.EndAsync());
    }

    [Theory]
    [InlineData("0501000307312E322E332E340050", "1.2.3.4:80", false)]
    [InlineData("050100030B6578616D706C652E636F6D0050", "example.com:80", true)]
    [InlineData("05017703036161610050", "aaa:80", true)] // RSV is ignored
    [InlineData("0501000420010DB80000000000000000000000010050", "[2001:db8::1]:80", false)]
    public async Task Destination_is_passed_on(string request, string expected, bool domain)
    {
        await using Socks5Harness harness = new(kind);
        TestClient client = await harness.ConnectAsync("050100" + request);
        Assert.Equal("0500" + Accepted, await client.ReadAsync(12));
        Destination destination = (await harness.Dispatcher.NextRequestAsync()).Destination;
        Assert.Equal(expected, destination.ToString());
        Assert.Equal(domain, destination.IsDomain);
    }

    [Fact]
    public async Task Domain_of_255_octets_is_passed_on()
    {
        await using Socks5Harness harness = new(kind);
        await harness.ConnectAsync("05010005010003FF" + string.Concat(Enumerable.Repeat("61", 255)) + "0050");
        Assert.Equal(new string('a', 255), (await harness.Dispatcher.NextRequestAsync()).Destination.Host);
    }

    [Theory]
    [InlineData(DialFailure.General, 1)]
    [InlineData(DialFailure.NotAllowed, 2)]
    [InlineData(DialFailure.NetworkUnreachable, 3)]
    [InlineData(DialFailure.HostUnreachable, 4)]
    [InlineData(DialFailure.NameNotResolved, 4)]
    [InlineData(DialFailure.TimedOut, 4)]
    [InlineData(DialFailure.ConnectionRefused, 5)]
    [InlineData(DialFailure.TtlExpired, 6)]
    [InlineData(DialFailure.CommandNotSupported, 7)]
    [InlineData(DialFailure.ProxyUnreachable, 1)]
    [InlineData(DialFailure.ProxyAuthenticationFailed, 1)]
    [InlineData(DialFailure.ProxyProtocolError, 1)]
    internal async Task Failure_of_the_dial_is_told_and_closed(DialFailure failure, int reply)
    {
        await using Socks5Harness harness = new(kind);
        harness.Dispatcher.Failure = failure;
        TestClient client = await harness.ConnectAsync("050100" + Connect + "0102030405");
        Assert.Equal("0500" + $"05{reply:X2}000100000000" + "0000", await client.ReadToEndAsync());
        await client.Stream.DisposeAsync();
        Assert.Null(await harness.EndAsync());
    }

    [Fact]
    public async Task Client_that_does_not_close_after_an_error_is_not_waited_for()
    {
        await using Socks5Harness harness = new(kind);
        harness.Dispatcher.Failure = DialFailure.General;
        TestClient client = await harness.ConnectAsync("050100" + Connect);
        await client.ReadToEndAsync();
        harness.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(await harness.EndAsync());
    }

    [Fact]
    public async Task Success_tells_the_address_of_either_family_or_none()
    {
        await using Socks5Harness harness = new(kind);
        harness.Dispatcher.Local = new IPEndPoint(IPAddress.IPv6Loopback, 1);
        TestClient client = await harness.ConnectAsync("050100" + Connect);
        Assert.Equal("0500" + "05000004" + "00000000000000000000000000000001" + "0001", await client.ReadAsync(24));
        harness.Dispatcher.Local = null;
        client = await harness.ConnectAsync("050100" + Connect);
        Assert.Equal("0500" + "05000001000000000000", await client.ReadAsync(12));
    }

    [Theory]
    [InlineData("")]
    [InlineData("05")]
    [InlineData("0501000501")]
    public async Task Client_that_leaves_early_is_no_error(string bytes)
    {
        await using Socks5Harness harness = new(kind);
        TestClient client = await harness.ConnectAsync(bytes);
        await client.Stream.CompleteWritesAsync(CancellationToken.None);
        Assert.Null(await harness.EndAsync());
    }

    public sealed class OnPortable() : Socks5HandshakeTests(TransportKind.Portable);

    // Where there is no reactor, this is the portable transport once more.
    public sealed class OnAutomatic() : Socks5HandshakeTests(TransportKind.Automatic);
}
