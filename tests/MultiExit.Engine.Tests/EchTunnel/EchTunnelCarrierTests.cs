using System.Net;
using System.Text;
using MultiExit.Engine.Multiplexing;
using MultiExit.Engine.Multiplexing.EchTunnel;
using MultiExit.Engine.Multiplexing.Tunnel;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.EchTunnel;
using MultiExit.Engine.Protocols.WebSocket;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;
using MultiExit.Engine.WebSockets;

namespace MultiExit.Engine.Tests.EchTunnel;

/// <summary>One carrier in the plain format, against a peer that reads when the test says so.</summary>
public sealed class EchTunnelCarrierTests
{
    private static readonly TimeSpan Limit = TestTransports.Patience;
    private static readonly Destination Target = Destination.FromEndPoint(new IPEndPoint(IPAddress.Loopback, 80));

    [Fact]
    public async Task A_write_that_is_given_up_costs_no_other_session()
    {
        DuplexPair pair = new();
        await using WebSocketConnection peer = new(pair.Right, Options(isServer: true), TimeProvider.System);
        await using EchTunnelClientCarrier carrier = Start(pair);
        EchTunnelStream first = await carrier.OpenAsync(Guid.NewGuid(), Target, default, null, CancellationToken.None);
        EchTunnelStream second = await carrier.OpenAsync(Guid.NewGuid(), Target, default, null, CancellationToken.None);
        using CancellationTokenSource giveUp = new();
        Task writing = first.WriteAsync(new byte[8 << 20], giveUp.Token).AsTask(); // more than the pair holds
        Assert.False(writing.IsCompleted);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing.WaitAsync(Limit));
        Task sending = second.WriteAsync("still here"u8.ToArray()).AsTask();
        string wanted = $"DATA:{second.Id}|still here";
        while (true)
        {
            WebSocketMessage message = await peer.ReceiveAsync(CancellationToken.None).AsTask().WaitAsync(Limit);
            Assert.False(message.IsEnd);
            if (message.Payload.Length == wanted.Length && Encoding.ASCII.GetString(message.Payload.Span) == wanted) break;
        }
        await sending.WaitAsync(Limit);
        Assert.Null(carrier.Failure);
    }

    // As when a reload retires the exit between the race and the request: the dial can go on elsewhere.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_race_won_by_a_carrier_that_leaves_is_lost(bool broken)
    {
        DuplexPair pair = new();
        await using EchTunnelClientCarrier carrier = Start(pair);
        if (broken) await carrier.DisposeAsync();
        else carrier.GoAway();
        await Assert.ThrowsAsync<EchTunnelClaimLostException>(
            () => carrier.OpenAsync(Guid.NewGuid(), Target, default, null, CancellationToken.None).AsTask().WaitAsync(Limit));
        Assert.Equal(0, carrier.StreamCount);
    }

    [Fact]
    public async Task Answers_that_a_peer_does_not_read_count_in_the_memory_and_are_bounded()
    {
        ServerMemory memory = new(64 << 20);
        GatedStream unread = new();
        DuplexPair pair = new();
        await using WebSocketConnection peer = new(pair.Right, Options(isServer: false), TimeProvider.System);
        EchTunnelServerCarrier carrier = new(
            new WebSocketConnection(new OneWay(pair.Left, unread), Options(isServer: true), TimeProvider.System), new(),
            new TunnelSessionOptions { Server = memory }, TimeProvider.System, _ => { }, _ => Task.CompletedTask);
        await using (carrier)
        {
            _ = carrier.RunAsync();
            const int many = 7000;
            for (int i = 0; i < many; i++) await ClaimAsync(peer);
            // Some have gone on to the connection's own buffer.
            await Wait.UntilAsync(() => memory.Used >= many / 2 * EchTunnelCarrier.OfAnswer);
            Assert.Null(carrier.Failure);
            // The peer reads at last.
            await Wait.UntilAsync(async () =>
            {
                if (unread.HasWrite) (await unread.NextAsync()).Release();
                return memory.Used == 0 && !unread.HasWrite;
            });
            Assert.Null(carrier.Failure);
            try
            {
                while (carrier.Failure is null) await ClaimAsync(peer);
            }
            catch (IOException)
            {
                // The carrier was cut in the middle of it.
            }
            await Wait.UntilAsync(() => carrier.Failure is not null);
            Assert.Equal("the peer makes more answers due than it reads", carrier.Failure!.Message);
            await Wait.UntilAsync(() => memory.Used == 0);
        }
    }

    private static ValueTask ClaimAsync(WebSocketConnection peer) =>
        peer.SendAsync(WebSocketOpcode.Text, Encoding.ASCII.GetBytes($"CLAIM:{Guid.NewGuid()}|{new string('1', 16)}"), CancellationToken.None);

    private sealed class OneWay(DuplexStream reading, GatedStream writing) : DuplexStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            reading.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            writing.WriteAsync(buffer, cancellationToken);

        public override ValueTask CompleteWritesAsync(CancellationToken cancellationToken) => default;

        public override void Abort() => reading.Abort();
    }

    private static EchTunnelClientCarrier Start(DuplexPair pair)
    {
        EchTunnelClientCarrier carrier = new(
            new WebSocketConnection(pair.Left, Options(isServer: false), TimeProvider.System), 0, new TunnelSessionOptions(), TimeProvider.System, _ => { });
        _ = carrier.RunAsync();
        return carrier;
    }

    private static WebSocketOptions Options(bool isServer) =>
        new() { IsServer = isServer, MaxMessage = EchTunnelWire.MaxMessage, PingInterval = TimeSpan.Zero };
}
