using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Exits.Direct;
using MultiExit.Engine.Exits.Lightsocks;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Tests.Lightsocks;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Exits;

public sealed class LightsocksExitTests
{
    private const string Request = "050100" + "03" + "06612E74657374" + "0050";
    private static readonly Destination Named = Destination.TryFromHost("a.test", 80, out Destination? named) ? named : throw new FormatException();

    [Fact]
    public async Task Names_go_to_the_server_and_payload_right_behind_the_reply_is_kept()
    {
        using ScriptedProxy server = new();
        Task<DialResult> dial = DialAsync(server.EndPoint);
        TestClient peer = await server.AcceptedAsync();
        Assert.Equal("050100", NextOctet.Restored(await peer.ReadAsync(3)));
        await peer.SendByteByByteAsync(NextOctet.Sent("0500"));
        Assert.Equal(Request, NextOctet.Restored(await peer.ReadAsync(Request.Length / 2)));
        await peer.SendAsync(NextOctet.Sent("05000001C00002079C40" + "CAFE"));
        DialResult result = await dial;
        Assert.True(result.Succeeded, result.Detail);
        Assert.Equal("192.0.2.7:40000", result.LocalEndPoint?.ToString());
        TestClient client = new(result.Connection);
        Assert.Equal("CAFE", await client.ReadAsync(2));
        await client.SendAsync("BABE");
        Assert.Equal("BABE", NextOctet.Restored(await peer.ReadAsync(2)));
        await result.Connection.DisposeAsync();
    }

    [Theory]
    [InlineData("", null, DialFailure.ProxyProtocolError, "its password may be another one")]
    [InlineData("0400", null, DialFailure.ProxyProtocolError, "SOCKS version 5")]
    [InlineData("0500", "", DialFailure.General, "closed in place of a reply")]
    [InlineData("0500", "0505", DialFailure.ConnectionRefused, "05")]
    [InlineData("0500", "05020001000000000000", DialFailure.NotAllowed, "02")]
    internal async Task A_failure_has_its_reason(string method, string? reply, DialFailure expected, string detail)
    {
        using ScriptedProxy server = new();
        Task<DialResult> dial = DialAsync(server.EndPoint);
        TestClient peer = await server.AcceptedAsync();
        await peer.ReadAsync(3);
        await peer.SendAsync(NextOctet.Sent(method));
        if (reply is not null)
        {
            await peer.ReadAsync(Request.Length / 2);
            await peer.SendAsync(NextOctet.Sent(reply));
        }
        await peer.Stream.CompleteWritesAsync(CancellationToken.None);
        DialResult result = await dial;
        Assert.Equal(expected, result.Failure);
        Assert.StartsWith("up: ", result.Detail, StringComparison.Ordinal);
        Assert.Contains(detail, result.Detail, StringComparison.Ordinal);
    }

    private static Task<DialResult> DialAsync(IPEndPoint server)
    {
        LightsocksExitConfig config = new() { Name = "up", Server = Destination.FromEndPoint(server), Password = new Secret(NextOctet.Password) };
        DirectExit via = new(new DirectExitConfig { Name = "direct" }, new PortableTransport(), new FakeResolver(), AddressPreference.Ipv6,
            TimeSpan.FromSeconds(10), TimeProvider.System);
        return new LightsocksExit(config, NextOctet.Table, via, TimeSpan.FromSeconds(10), TimeProvider.System)
            .DialAsync(Named, new DialContext(), default).AsTask().WaitAsync(TestTransports.Patience);
    }
}
