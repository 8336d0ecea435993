using System.Net;
using System.Security.Cryptography;
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
using MultiExit.Engine.Transport;
using MultiExit.Engine.WebSockets;

namespace MultiExit.Engine.Tests.EchTunnel;

/// <summary>One carrier in the plain format whose readers are behind, on a clock that the test moves.</summary>
public sealed class EchTunnelHoldTests : IAsyncDisposable
{
    private const int Part = 32 * 1024;
    private static readonly TimeSpan Limit = TestTransports.Patience;
    private static readonly Destination Target = Destination.FromEndPoint(new IPEndPoint(IPAddress.Loopback, 80));

    private readonly ManualTimeProvider _time = new();
    private readonly DuplexPair _pair = new();
    private readonly ReadCounter _heard;
    private readonly WebSocketConnection _peer;
    private readonly List<string> _closed = [];
    private EchTunnelClientCarrier? _carrier;

    // A peer with a strict time-out: it takes silence for death, whatever it has sent.
    public EchTunnelHoldTests()
    {
        _heard = new ReadCounter(_pair.Right);
        _peer = new WebSocketConnection(
            _heard, new WebSocketOptions { IsServer = true, MaxMessage = EchTunnelWire.MaxMessage, PeerAlwaysReads = true }, _time);
        _ = ReceiveAsync();
    }

    private EchTunnelClientCarrier Carrier => _carrier!;

    public async ValueTask DisposeAsync()
    {
        await Carrier.DisposeAsync();
        await _peer.DisposeAsync();
    }

    [Fact]
    public async Task A_reader_held_back_by_our_own_limit_keeps_its_session()
    {
        Start(new TunnelSessionOptions());
        EchTunnelStream stream = await OpenAsync(new FakeHold { Held = true });
        byte[] sent = RandomNumberGenerator.GetBytes(8 << 20);
        Task sending = SendAsync(stream, sent);
        await Wait.UntilAsync(() => stream.IsBehind);
        for (int round = 0; round < 12; round++)
        {
            int reads = _heard.Reads;
            for (int second = 0; second < 11; second++)
            {
                await _time.WaitForTimersAsync(2); // the carrier waits for its reader, the peer for a sign of life
                _time.Advance(TimeSpan.FromSeconds(1));
            }
            await Wait.UntilAsync(() => _heard.Reads > reads);
        }
        Assert.False(sending.IsCompleted);
        Assert.InRange(stream.Unread, EchTunnelCarrier.MaxUnread, EchTunnelCarrier.MaxUnread + Part);
        Assert.Null(Carrier.Failure);
        byte[] received = new byte[sent.Length];
        await stream.ReadExactlyAsync(received).AsTask().WaitAsync(Limit);
        await sending.WaitAsync(Limit);
        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(received));
    }

    // Its limit moves it on by less than a reader that is slow by itself would have to take.
    [Fact]
    public async Task Room_that_a_held_reader_makes_is_filled_again()
    {
        Start(new TunnelSessionOptions());
        EchTunnelStream stream = await OpenAsync(new FakeHold { Held = true });
        EchTunnelStream other = await OpenAsync(null);
        await SendAsync(stream, new byte[EchTunnelCarrier.MaxUnread + Part]);
        await Wait.UntilAsync(() => stream.IsBehind);
        await SendAsync(other, "behind it"u8.ToArray());
        await _time.WaitForTimersAsync(2); // the carrier waits: a reader that makes room before is never waited for
        await stream.ReadExactlyAsync(new byte[Part]).AsTask().WaitAsync(Limit);
        Assert.Equal(0, other.Unread);
        await _time.WaitForTimersAsync(2);
        _time.Advance(EchTunnelCarrier.StallTime);
        await other.ReadExactlyAsync(new byte[9]).AsTask().WaitAsync(Limit);
    }

    // Its own pings are queued behind the data that is not read, however short each wait.
    [Fact]
    public async Task The_peer_hears_from_a_carrier_that_is_held_only_for_moments()
    {
        Start(new TunnelSessionOptions());
        EchTunnelStream stream = await OpenAsync(new FakeHold { Held = true });
        Task sending = SendAsync(stream, new byte[10 << 20]);
        await Wait.UntilAsync(() => stream.IsBehind && _heard.Reads > 0);
        int reads = _heard.Reads;
        for (int round = 0; round < 20 && _heard.Reads == reads; round++)
        {
            await _time.WaitForTimersAsync(2);
            _time.Advance(EchTunnelCarrier.StallTime / 2);
            await stream.ReadExactlyAsync(new byte[EchTunnelStream.Batch]).AsTask().WaitAsync(Limit);
            await Wait.UntilAsync(() => stream.IsBehind);
        }
        await Wait.UntilAsync(() => _heard.Reads > reads);
        Assert.False(sending.IsCompleted);
    }

    // The client's application has sent all it had to send: silence would end its session.
    [Fact]
    public async Task While_a_carrier_is_held_no_session_counts_as_silent()
    {
        Start(new TunnelSessionOptions());
        EchTunnelStream stream = await OpenAsync(new FakeHold { Held = true });
        EchTunnelStream other = await OpenAsync(null);
        await stream.CompleteWritesAsync(CancellationToken.None);
        await other.CompleteWritesAsync(CancellationToken.None);
        byte[] sent = RandomNumberGenerator.GetBytes(EchTunnelCarrier.MaxUnread + 4 * Part);
        Task sending = SendAsync(stream, sent);
        await Wait.UntilAsync(() => stream.IsBehind);
        for (TimeSpan held = TimeSpan.Zero; held < 1.2 * EchTunnelStream.Linger; held += EchTunnelCarrier.StallTime)
        {
            await _time.WaitForTimersAsync(4); // as above, and the two for the silence
            _time.Advance(EchTunnelCarrier.StallTime);
        }
        Assert.Equal(2, Carrier.StreamCount);
        byte[] received = new byte[sent.Length];
        await stream.ReadExactlyAsync(received).AsTask().WaitAsync(Limit);
        await sending.WaitAsync(Limit);
        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(received));
        // Now they are silent.
        for (TimeSpan silent = TimeSpan.Zero; silent < EchTunnelStream.Linger; silent += EchTunnelCarrier.StallTime) _time.Advance(EchTunnelCarrier.StallTime);
        await Wait.UntilAsync(() => Closed(stream) && Closed(other));
    }

    [Fact]
    public async Task A_reader_that_takes_nothing_while_others_wait_loses_its_session_and_its_memory()
    {
        Start(new TunnelSessionOptions());
        FakeHold hold = new() { Held = true };
        EchTunnelStream stream = await OpenAsync(hold);
        EchTunnelStream other = await OpenAsync(null);
        Task sending = SendAsync(stream, new byte[6 << 20]);
        await Wait.UntilAsync(() => stream.IsBehind);
        await PassAsync(CarrierStall.Patience);
        Assert.Equal(2, Carrier.StreamCount);
        // It no longer waits for the limit.
        hold.Held = false;
        await PassAsync(CarrierStall.Patience - EchTunnelCarrier.StallTime);
        Assert.Equal(2, Carrier.StreamCount);
        _time.Advance(EchTunnelCarrier.StallTime);
        await sending.WaitAsync(Limit);
        await SendAsync(other, "still here"u8.ToArray());
        await other.ReadExactlyAsync(new byte[10]).AsTask().WaitAsync(Limit);
        await Wait.UntilAsync(() => Closed(stream));
        Assert.Equal((1, 0), (Carrier.StreamCount, stream.Unread));
        await Assert.ThrowsAnyAsync<IOException>(() => stream.ReadAsync(new byte[1]).AsTask().WaitAsync(Limit));
    }

    // A person may pause for 20 s while other sessions wait. A session that is alone makes no other session wait, and may pause for longer.
    [Theory]
    [InlineData(20, true)]
    [InlineData(180, false)]
    public async Task A_reader_that_pauses_keeps_its_session(int seconds, bool othersWait)
    {
        Start(new TunnelSessionOptions());
        EchTunnelStream stream = await OpenAsync(null);
        EchTunnelStream? other = othersWait ? await OpenAsync(null) : null;
        byte[] sent = RandomNumberGenerator.GetBytes(6 << 20);
        Task sending = SendAsync(stream, sent);
        await Wait.UntilAsync(() => stream.IsBehind);
        await PassAsync(TimeSpan.FromSeconds(seconds));
        byte[] received = new byte[sent.Length];
        await stream.ReadExactlyAsync(received).AsTask().WaitAsync(Limit);
        await sending.WaitAsync(Limit);
        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(received));
        if (other is null) return;
        await SendAsync(other, "behind it"u8.ToArray());
        await other.ReadExactlyAsync(new byte[9]).AsTask().WaitAsync(Limit);
    }

    [Fact]
    public async Task A_slow_reader_keeps_its_session_though_others_wait()
    {
        Start(new TunnelSessionOptions());
        EchTunnelStream stream = await OpenAsync(null);
        await OpenAsync(null);
        byte[] sent = RandomNumberGenerator.GetBytes(6 << 20);
        Task sending = SendAsync(stream, sent);
        await Wait.UntilAsync(() => stream.IsBehind);
        byte[] received = new byte[sent.Length];
        int taken = 0;
        for (int round = 0; round < 5; round++)
        {
            await PassAsync(CarrierStall.Patience - EchTunnelCarrier.StallTime);
            await stream.ReadExactlyAsync(received.AsMemory(taken, CarrierStall.LeastProgress)).AsTask().WaitAsync(Limit);
            taken += CarrierStall.LeastProgress;
            await PassAsync(EchTunnelCarrier.StallTime);
            await Wait.UntilAsync(() => stream.IsBehind);
        }
        await stream.ReadExactlyAsync(received.AsMemory(taken)).AsTask().WaitAsync(Limit);
        await sending.WaitAsync(Limit);
        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(received));
    }

    [Fact]
    public async Task A_carrier_that_waits_takes_no_new_sessions_and_closes_with_its_last_one()
    {
        Start(new TunnelSessionOptions());
        EchTunnelStream stream = await OpenAsync(null);
        byte[] sent = new byte[5 << 20];
        Task sending = SendAsync(stream, sent);
        await Wait.UntilAsync(() => stream.IsBehind);
        Task<(EchTunnelClientCarrier, Guid)> claim = EchTunnelClaim.RunAsync([Carrier], CancellationToken.None);
        await _time.WaitForTimersAsync(2);
        Assert.True(Carrier.AcceptsStreams);
        _time.Advance(EchTunnelCarrier.StallTime);
        // The sessions that wait for it get another carrier, and none waits from now on.
        await Assert.ThrowsAsync<EchTunnelClaimLostException>(() => claim.WaitAsync(Limit));
        Assert.False(Carrier.AcceptsStreams);
        await Assert.ThrowsAsync<EchTunnelClaimLostException>(() => EchTunnelClaim.RunAsync([Carrier], CancellationToken.None).WaitAsync(Limit));
        await stream.ReadExactlyAsync(new byte[sent.Length]).AsTask().WaitAsync(Limit);
        await sending.WaitAsync(Limit);
        await stream.DisposeAsync();
        await Carrier.Completion.WaitAsync(Limit);
    }

    [Fact]
    public async Task All_sessions_together_hold_no_more_than_their_memory()
    {
        const int memory = 4 << 20;
        TunnelSessionOptions options = new TunnelSessionOptions().Within(memory);
        Assert.Equal((12, 1L << 20), (options.MaxStreams, options.WindowBudget));
        Start(options);
        List<EchTunnelStream> streams = [];
        for (int i = 0; i < options.MaxStreams; i++) streams.Add(await OpenAsync(null));
        Assert.False(Carrier.AcceptsStreams);
        await Assert.ThrowsAsync<EchTunnelClaimLostException>(() => OpenAsync(null));
        // The first takes all the memory beyond the first shares.
        await SendAsync(streams[0], new byte[TunnelWire.InitialWindow + options.WindowBudget]);
        foreach (EchTunnelStream stream in streams.Skip(1)) await SendAsync(stream, new byte[TunnelWire.InitialWindow]);
        await Wait.UntilAsync(() => streams.Sum(stream => stream.Unread) == memory);
        await SendAsync(streams[1], new byte[Part]);
        await Wait.UntilAsync(() => streams[1].IsBehind);
        Task sending = SendAsync(streams[2], new byte[8 << 20]);
        await PassAsync(CarrierStall.Patience - EchTunnelCarrier.StallTime);
        Assert.Equal(memory + Part, streams.Sum(stream => stream.Unread));
        // The one that is behind is ended; the one that took all keeps it until its reader has caught up.
        _time.Advance(EchTunnelCarrier.StallTime);
        await Wait.UntilAsync(() => streams[2].IsBehind);
        Assert.Equal(0, streams[1].Unread);
        await streams[0].ReadExactlyAsync(new byte[TunnelWire.InitialWindow + options.WindowBudget]).AsTask().WaitAsync(Limit);
        await streams[2].ReadExactlyAsync(new byte[TunnelWire.InitialWindow]).AsTask().WaitAsync(Limit);
        await Wait.UntilAsync(() => streams[2].Unread > TunnelWire.InitialWindow + options.WindowBudget);
        await streams[2].ReadExactlyAsync(new byte[(8 << 20) - TunnelWire.InitialWindow]).AsTask().WaitAsync(Limit);
        await sending.WaitAsync(Limit);
    }

    // The carrier waits for its reader, and the peer for signs of life.
    private async Task PassAsync(TimeSpan time)
    {
        int reads = _heard.Reads;
        for (int second = 1; second <= time.TotalSeconds; second++)
        {
            await _time.WaitForTimersAsync(2);
            _time.Advance(EchTunnelCarrier.StallTime);
            if (second % 6 != 0) continue; // a sign of life every 5 s
            await Wait.UntilAsync(() => _heard.Reads > reads);
            reads = _heard.Reads;
        }
        await _time.WaitForTimersAsync(2);
    }

    private void Start(TunnelSessionOptions options)
    {
        _carrier = new EchTunnelClientCarrier(
            new WebSocketConnection(_pair.Left,
                new WebSocketOptions { IsServer = false, MaxMessage = EchTunnelWire.MaxMessage, PingInterval = TimeSpan.Zero }, _time),
            0, options, _time, _ => { });
        _ = _carrier.RunAsync();
    }

    private Task<EchTunnelStream> OpenAsync(IReaderHold? hold) =>
        Carrier.OpenAsync(Guid.NewGuid(), Target, default, hold, CancellationToken.None).AsTask().WaitAsync(Limit);

    private async Task SendAsync(EchTunnelStream stream, byte[] data)
    {
        foreach (byte[] part in data.Chunk(Part))
            await _peer.SendAsync(WebSocketOpcode.Binary, (byte[])[.. Encoding.ASCII.GetBytes($"DATA:{stream.Id}|"), .. part], CancellationToken.None);
    }

    private bool Closed(EchTunnelStream stream)
    {
        lock (_closed) return _closed.Contains($"CLOSE:{stream.Id}");
    }

    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                WebSocketMessage message = await _peer.ReceiveAsync(CancellationToken.None);
                if (message.IsEnd) return;
                lock (_closed) _closed.Add(Encoding.ASCII.GetString(message.Payload.Span));
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The end of the test.
        }
    }

    private sealed class ReadCounter(DuplexStream inner) : DuplexStream
    {
        private int _reads;

        public int Reads => Volatile.Read(ref _reads);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count = await inner.ReadAsync(buffer, cancellationToken);
            if (count > 0) Interlocked.Increment(ref _reads);
            return count;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.WriteAsync(buffer, cancellationToken);

        public override ValueTask CompleteWritesAsync(CancellationToken cancellationToken) => inner.CompleteWritesAsync(cancellationToken);

        public override void Abort() => inner.Abort();

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
