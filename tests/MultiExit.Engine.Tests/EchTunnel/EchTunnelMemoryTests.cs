using System.Net;
using System.Text;
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

    private static async Task SendAsync(WebSocketConnection peer, List<EchTunnelStream> streams)
    {
        foreach (EchTunnelStream stream in streams)
        {
            byte[] message = [.. Encoding.ASCII.GetBytes($"DATA:{stream.Id}|"), .. new byte[Part]];
            for (int sent = 0; sent < TunnelWire.InitialWindow; sent += Part) await peer.SendAsync(WebSocketOpcode.Binary, message, default);
        }
    }

    private static async Task DrainAsync(WebSocketConnection peer)
    {
        try
        {
            while (!(await peer.ReceiveAsync(default)).IsEnd)
            {
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The end of the test.
        }
    }
}
