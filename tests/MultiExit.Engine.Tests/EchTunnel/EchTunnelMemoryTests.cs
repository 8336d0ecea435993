using System.Collections.Concurrent;
using System.Net;
using System.Text;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Multiplexing;
using MultiExit.Engine.Multiplexing.EchTunnel;
using MultiExit.Engine.Multiplexing.Tunnel;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.EchTunnel;
using MultiExit.Engine.Protocols.Tunnel;
using MultiExit.Engine.Protocols.WebSocket;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.WebSockets;

namespace MultiExit.Engine.Tests.EchTunnel;

/// <summary>A carrier in the plain format whose readers stand still, and the memory of its server.</summary>
public sealed class EchTunnelMemoryTests
{
    private const int Sessions = 40;
    private const int Part = EchTunnelWire.MaxData;
    private const long Total = 8 << 20;
    private static readonly Destination Target = Destination.FromEndPoint(new(IPAddress.Loopback, 80));

    [Fact]
    public async Task Readers_that_stand_still_hold_no_more_than_the_share_and_get_all_when_they_go_on()
    {
        ManualTimeProvider time = new();
        ServerMemory memory = new(Total);
        DuplexPair pair = new();
        EchTunnelClientCarrier carrier = new(
            new WebSocketConnection(pair.Left,
                new WebSocketOptions { IsServer = false, MaxMessage = EchTunnelWire.MaxMessage, PingInterval = TimeSpan.Zero }, time),
            0, new TunnelSessionOptions { Server = memory }, time, _ => { });
        await using (carrier)
        {
            _ = carrier.RunAsync();
            WebSocketConnection peer = new(
                pair.Right, new WebSocketOptions { IsServer = true, MaxMessage = EchTunnelWire.MaxMessage, PingInterval = TimeSpan.Zero }, time);
            await using (peer)
            {
                _ = DrainAsync(peer);
                List<EchTunnelStream> streams = [];
                while (streams.Count < Sessions)
                    streams.Add(await carrier.OpenAsync(Guid.NewGuid(), Target, default, null, default).AsTask().WaitAsync(TestTransports.Patience));
                Task sending = SendAsync(peer, streams);
                await Wait.UntilAsync(() => memory.Stalls > 0);
                Assert.InRange(streams.Sum(stream => stream.Unread), Total / 3, Total / 2 + Part);
                Assert.False(sending.IsCompleted);
                byte[] read = new byte[TunnelWire.InitialWindow];
                foreach (EchTunnelStream stream in streams)
                {
                    Task reading = stream.ReadExactlyAsync(read).AsTask();
                    await Wait.UntilAsync(() =>
                    {
                        time.Advance(TimeSpan.FromMilliseconds(50));
                        return reading.IsCompleted;
                    });
                    await reading;
                }
                await sending.WaitAsync(TestTransports.Patience);
                foreach (EchTunnelStream stream in streams) await stream.DisposeAsync();
                Assert.Null(carrier.Failure);
            }
        }
        Assert.Equal(0, memory.Used);
    }

    // The reader that stands still has a carrier to itself; the one that is stalled holds next to nothing of the memory they share.
    [Fact]
    public async Task A_session_is_ended_that_holds_the_memory_of_another_carrier()
    {
        ManualTimeProvider time = new();
        ServerMemory memory = new(Total);
        MemoryBudget shared = new(Total, memory);
        ConcurrentQueue<string> warnings = [];
        await using Link holding = new(shared, time, warnings.Enqueue);
        await using Link stalled = new(shared, time, warnings.Enqueue);
        EchTunnelStream still = await holding.OpenAsync();
        EchTunnelStream waiting = await stalled.OpenAsync();
        await SendAsync(holding.Peer, [still], 60 * Part);
        await Wait.UntilAsync(() => still.Unread == 60 * Part);
        shared.HoldWaiting(3 << 20); // of others: with it the memory is used up
        // The first message wakes the carrier, which stands still then.
        Task sending = SendAsync(stalled.Peer, [waiting], 2 * Part);
        await Wait.UntilAsync(() => memory.Stalls > 0);
        for (int second = 1; second < CarrierStall.Patience.TotalSeconds; second++)
        {
            await time.WaitForTimersAsync(1);
            time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Empty(warnings);
        await time.WaitForTimersAsync(1);
        time.Advance(TimeSpan.FromSeconds(1));
        await Wait.UntilAsync(() => !warnings.IsEmpty);
        Assert.Equal($"a session of the ECH tunnel was ended: {60 * Part / 1024} KiB wait for its reader, and the readers of its carrier took less "
            + "than 16 KiB in 30 s while limits.memory left the carrier no more", Assert.Single(warnings));
        Assert.Contains("limits.memory", (await Assert.ThrowsAnyAsync<IOException>(() => still.ReadExactlyAsync(new byte[1]).AsTask())).Message);
        await waiting.ReadExactlyAsync(new byte[2 * Part]).AsTask().WaitAsync(TestTransports.Patience);
        await sending.WaitAsync(TestTransports.Patience);
        await Wait.UntilAsync(() => holding.Received.Contains($"CLOSE:{still.Id}"));
        Assert.Null(holding.Carrier.Failure);
        Assert.Null(stalled.Carrier.Failure);
    }

    [Fact]
    public async Task A_session_that_a_limit_of_ours_holds_back_is_not_ended_for_the_memory()
    {
        ServerMemory memory = new(Total);
        MemoryBudget shared = new(Total, memory);
        await using Link link = new(shared, new ManualTimeProvider(), _ => { });
        EchTunnelStream held = await link.OpenAsync(new FakeHold { Held = true });
        EchTunnelStream slow = await link.OpenAsync();
        await SendAsync(link.Peer, [held], 2 * Part);
        await SendAsync(link.Peer, [slow], Part);
        await Wait.UntilAsync(() => slow.Unread == Part);
        shared.GiveUpLargest("for a reason");
        Assert.Equal((2 * Part, 0), (held.Unread, slow.Unread));
        shared.GiveUpLargest("for a reason");
        Assert.Equal(2 * Part, held.Unread);
    }

    private static async Task SendAsync(WebSocketConnection peer, List<EchTunnelStream> streams, int count = TunnelWire.InitialWindow)
    {
        foreach (EchTunnelStream stream in streams)
        {
            byte[] message = [.. Encoding.ASCII.GetBytes($"DATA:{stream.Id}|"), .. new byte[Part]];
            for (int sent = 0; sent < count; sent += Part) await peer.SendAsync(WebSocketOpcode.Binary, message, default);
        }
    }

    private static async Task DrainAsync(WebSocketConnection peer, ConcurrentQueue<string>? received = null)
    {
        try
        {
            while (true)
            {
                WebSocketMessage message = await peer.ReceiveAsync(default);
                if (message.IsEnd) return;
                received?.Enqueue(Encoding.ASCII.GetString(message.Payload.Span));
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The end of the test.
        }
    }

    /// <summary>A carrier and its peer.</summary>
    private sealed class Link : IAsyncDisposable
    {
        public Link(MemoryBudget memory, TimeProvider time, Action<string> warn)
        {
            WebSocketOptions options = new() { IsServer = true, MaxMessage = EchTunnelWire.MaxMessage, PingInterval = TimeSpan.Zero };
            DuplexPair pair = new();
            Carrier = new EchTunnelClientCarrier(
                new WebSocketConnection(pair.Left, options with { IsServer = false }, time), 0, new TunnelSessionOptions(), time, warn, memory);
            Peer = new WebSocketConnection(pair.Right, options, time);
            _ = Carrier.RunAsync();
            _ = DrainAsync(Peer, Received);
        }

        public EchTunnelClientCarrier Carrier { get; }

        public WebSocketConnection Peer { get; }

        public ConcurrentQueue<string> Received { get; } = [];

        public Task<EchTunnelStream> OpenAsync(IReaderHold? hold = null) =>
            Carrier.OpenAsync(Guid.NewGuid(), Target, default, hold, default).AsTask().WaitAsync(TestTransports.Patience);

        public async ValueTask DisposeAsync()
        {
            await Carrier.DisposeAsync();
            await Peer.DisposeAsync();
        }
    }
}
