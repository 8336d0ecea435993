using System.Net;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Tunnel;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Tunnel;

/// <summary>A client that sends nothing after TLS: the fallback has it meanwhile.</summary>
public sealed class SilentClientTests
{
    [Fact]
    public async Task One_that_was_merely_slow_is_let_in_and_the_fallback_has_it_no_longer()
    {
        using ScriptedOrigin site = new();
        await using TunnelPair pair = await StartAsync(site.EndPoint);
        await using DuplexStream client = await RawClient.ConnectAsync(pair.Server);
        using TextPeer lent = await site.AcceptedAsync();
        await client.WriteAsync(RawClient.Hello());
        byte[] answer = new byte[TunnelHandshake.Length];
        await client.ReadExactlyAsync(answer).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal(TunnelWire.Version, answer[0]);
        await Assert.ThrowsAnyAsync<IOException>(lent.ReadToEndAsync); // not one byte of it, and no orderly end
        Assert.Equal(0, pair.Server.Server.GetStatus().RefusedHandshakes);
    }

    [Fact]
    public async Task The_fallback_ends_it_in_its_own_time()
    {
        using ScriptedOrigin site = new();
        await using TunnelPair pair = await StartAsync(site.EndPoint);
        using TextPeer prober = new(await RawClient.ConnectAsync(pair.Server));
        using TextPeer lent = await site.AcceptedAsync();
        await lent.SendAsync("HTTP/1.1 408 Request Timeout\r\n\r\n");
        await lent.EndAsync();
        Assert.Equal("HTTP/1.1 408 Request Timeout\r\n\r\n", await prober.ReadToEndAsync());
    }

    [Fact]
    public async Task What_it_says_late_goes_to_the_fallback_from_its_first_byte_on()
    {
        using ScriptedOrigin site = new();
        await using TunnelPair pair = await StartAsync(site.EndPoint);
        using TextPeer prober = new(await RawClient.ConnectAsync(pair.Server));
        using TextPeer lent = await site.AcceptedAsync();
        await prober.SendAsync("GET / HT");
        Assert.Equal("GET / HT", await lent.ReadAsync(8));
        await prober.SendAsync("TP/1.1");
        Assert.Equal("TP/1.1", await lent.ReadAsync(6));
        await lent.SendAsync("bye");
        await lent.EndAsync();
        Assert.Equal("bye", await prober.ReadToEndAsync());
        Assert.Equal(1, site.Count);
    }

    [Fact]
    public async Task Without_a_fallback_that_answers_a_slow_client_is_let_in_all_the_same()
    {
        using ClosedPort gone = new();
        await using TunnelPair pair = await StartAsync(gone.EndPoint);
        await using DuplexStream client = await RawClient.ConnectAsync(pair.Server);
        await Wait.UntilAsync(() => pair.Server.Server.GetStatus().Failed > 0); // it was to be lent
        await client.WriteAsync(RawClient.Hello());
        Assert.Equal(1, await client.ReadAsync(new byte[1]).AsTask().WaitAsync(TestTransports.Patience));
    }

    private static Task<TunnelPair> StartAsync(IPEndPoint fallback) =>
        TunnelPair.StartAsync(inbound => inbound with { Fallback = Destination.FromEndPoint(fallback) });
}
