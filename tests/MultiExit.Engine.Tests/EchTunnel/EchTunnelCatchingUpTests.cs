using System.Net;
using System.Text;
using MultiExit.Engine.Multiplexing.EchTunnel;
using MultiExit.Engine.Multiplexing.Tunnel;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.EchTunnel;
using MultiExit.Engine.Protocols.WebSocket;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.WebSockets;

namespace MultiExit.Engine.Tests.EchTunnel;

/// <summary>A reader that catches up in the moment in which its carrier finds it behind.</summary>
public sealed class EchTunnelCatchingUpTests : IAsyncDisposable
{
    private const int Total = 96 << 20;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly Destination Target = Destination.FromEndPoint(new IPEndPoint(IPAddress.Loopback, 80));
    private static readonly WebSocketOptions PeerOptions = new() { IsServer = true, MaxMessage = EchTunnelWire.MaxMessage, PingInterval = TimeSpan.Zero };

    private readonly DuplexPair _pair = new();
    private readonly WebSocketConnection _peer;
    private readonly EchTunnelClientCarrier _carrier;

    public EchTunnelCatchingUpTests()
    {
        _peer = new WebSocketConnection(_pair.Right, PeerOptions, TimeProvider.System);
        // The least memory there may be, so that every first share is all there is.
        _carrier = new EchTunnelClientCarrier(
            new WebSocketConnection(_pair.Left, PeerOptions with { IsServer = false }, TimeProvider.System),
            0, new TunnelSessionOptions().Within(1 << 20), TimeProvider.System, _ => { });
    }

    public async ValueTask DisposeAsync()
    {
        await _carrier.DisposeAsync();
        await _peer.DisposeAsync();
    }

    [Fact]
    public async Task A_reader_that_is_not_behind_is_not_waited_for()
    {
        _ = _carrier.RunAsync();
        EchTunnelStream stream = await OpenAsync();
        Assert.True(stream.WaitForReaderAsync(TimeSpan.FromDays(1), () => { }).IsCompleted);
    }

    // The reader takes all there is in the moment in which it is behind: nothing is left that the carrier could wait for.
    [Fact]
    public async Task A_reader_that_catches_up_while_it_is_looked_at_keeps_its_session()
    {
        _ = _carrier.RunAsync();
        EchTunnelStream stream = await OpenAsync();
        Task sending = Task.Run(() => SendAsync(stream, Total));
        await Task.Run(() => ReadWhenBehindAsync(stream)).WaitAsync(Limit);
        await sending.WaitAsync(Limit);
        Assert.Null(_carrier.Failure);
    }

    private static async Task ReadWhenBehindAsync(EchTunnelStream stream)
    {
        byte[] buffer = new byte[1 << 20];
        for (int left = Total; left > 0;)
        {
            for (int spins = 0; !stream.IsBehind && spins < 5_000; spins++) Thread.SpinWait(1);
            int read = await stream.ReadAsync(buffer);
            Assert.NotEqual(0, read);
            left -= read;
        }
    }

    private Task<EchTunnelStream> OpenAsync() =>
        _carrier.OpenAsync(Guid.NewGuid(), Target, default, null, CancellationToken.None).AsTask().WaitAsync(Limit);

    private async Task SendAsync(EchTunnelStream stream, int total)
    {
        byte[] part = [.. Encoding.ASCII.GetBytes($"DATA:{stream.Id}|"), .. new byte[32 << 10]];
        for (int sent = 0; sent < total; sent += 32 << 10) await _peer.SendAsync(WebSocketOpcode.Binary, part, CancellationToken.None);
    }
}
