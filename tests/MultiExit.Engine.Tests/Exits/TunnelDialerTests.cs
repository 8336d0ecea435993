using System.Net;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Exits.Tunnel;
using MultiExit.Engine.Multiplexing;
using MultiExit.Engine.Multiplexing.Tunnel;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Tunnel;
using MultiExit.Engine.Tests.Multiplexing;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Exits;

/// <summary>Dials on a carrier whose other end the test writes frame by frame.</summary>
public sealed class TunnelDialerTests : IAsyncDisposable
{
    private static readonly Destination Server = Destination.FromEndPoint(new IPEndPoint(IPAddress.Loopback, 443));

    private readonly ServerMemory _memory = new(8 << 20);
    private readonly DeadlinePool _deadlines = new(TimeProvider.System);
    private readonly TunnelSession _session;
    private readonly RawPeer _peer;
    private readonly TunnelDialer _dialer;

    public TunnelDialerTests()
    {
        (_session, _peer) = RawPeer.Create(accept: null, new TunnelSessionOptions { Server = _memory });
        _dialer = new TunnelDialer(new FakeExit("hub"), Server, TestTransports.Patience, _ => new(_session));
    }

    public async ValueTask DisposeAsync()
    {
        _peer.Dispose();
        await _session.DisposeAsync();
    }

    [Fact]
    public async Task A_dial_that_the_peer_refuses_on_every_attempt_leaves_no_memory_held()
    {
        using Deadline deadline = _deadlines.Start(TestTransports.Patience, CancellationToken.None);
        Task<DialResult> dialing = _dialer.DialAsync(SessionPair.Target, new DialContext(), deadline, CancellationToken.None).AsTask();
        await RefuseAllAsync(dialing);
        Assert.Equal(DialFailure.ProxyUnreachable, (await dialing).Failure);
        await Wait.UntilAsync(() => _memory.Used == 0);
        Assert.Equal(0, _session.StreamCount);
    }

    [Fact]
    public async Task An_association_that_the_peer_refuses_on_every_attempt_leaves_no_memory_held()
    {
        using Deadline deadline = _deadlines.Start(TestTransports.Patience, CancellationToken.None);
        Task<UdpOpenResult> opening = _dialer.OpenUdpAsync(deadline, CancellationToken.None).AsTask();
        await RefuseAllAsync(opening);
        Assert.Equal(DialFailure.ProxyUnreachable, (await opening).Failure);
        await Wait.UntilAsync(() => _memory.Used == 0);
        Assert.Equal(0, _session.StreamCount);
    }

    [Fact]
    public async Task An_association_whose_opening_is_canceled_is_closed_at_the_peer_as_well()
    {
        using CancellationTokenSource given = new();
        using Deadline deadline = _deadlines.Start(TestTransports.Patience, given.Token);
        Task<UdpOpenResult> opening = _dialer.OpenUdpAsync(deadline, given.Token).AsTask();
        (TunnelFrameType type, uint id, _) = await _peer.ReceiveAsync();
        Assert.Equal(TunnelFrameType.Connect, type);
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
        (TunnelFrameType ended, uint of, _) = await _peer.ReceiveAsync();
        Assert.Equal((TunnelFrameType.Close, id), (ended, of));
        await Wait.UntilAsync(() => _memory.Used == 0);
    }

    private async Task RefuseAllAsync(Task opening)
    {
        const int attempts = 3;
        for (int attempt = 1; attempt <= attempts; attempt++)
        {
            Assert.False(opening.IsCompleted);
            (TunnelFrameType type, uint id, _) = await _peer.ReceiveAsync();
            Assert.Equal(TunnelFrameType.Connect, type);
            await _peer.SendAsync(TunnelFrameType.Reset, id, (byte)TunnelResetCode.Refused);
        }
        await opening.WaitAsync(TestTransports.Patience);
    }
}
